import time
import pytest
from django.core.management import call_command
@pytest.fixture(scope="module")
def w(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        from alongside.demo import world
        t=time.time(); print(world.build()); print(time.time()-t)
        t=time.time(); call_command("flush", interactive=False, verbosity=0); print("flush", time.time()-t)
        t=time.time(); print(world.build()); print(time.time()-t)
        yield
        call_command("flush", interactive=False, verbosity=0)
@pytest.mark.django_db
def test_x(w):
    pass
