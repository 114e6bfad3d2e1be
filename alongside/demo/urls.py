from django.urls import path

from alongside.demo import views

urlpatterns = [
    path("", views.front, name="front"),
    path("demo/enter/<slug:role>/", views.enter, name="enter"),
    path("demo/mailbox/", views.mailbox, name="mailbox"),
    path("demo/mailbox/<slug:key>/", views.letter, name="letter"),
    path("demo/waves/<int:wave>/close/", views.close_now, name="close_now"),
    path("demo/components/", views.components, name="components"),
]
