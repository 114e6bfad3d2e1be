from alongside.goals.views import issues
from alongside.kit.addresses import inside

urlpatterns = [
    inside("issues/", issues.issues, name="issues"),
    inside("issues/<int:pk>/", issues.issue, name="issue"),
    inside("issues/<int:pk>/merge/", issues.issue_merge, name="issue_merge"),
    inside("issues/<int:pk>/apart/", issues.issue_apart, name="issue_apart"),
    inside("issues/<int:pk>/close/", issues.issue_close, name="issue_close"),
    inside("issues/<int:pk>/forward/", issues.issue_forward, name="issue_forward"),
]
