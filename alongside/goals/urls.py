from django.urls import path

from alongside.goals.views import issues, live, plans, votes
from alongside.kit.addresses import inside

urlpatterns = [
    inside("issues/", issues.issues, name="issues"),
    inside("issues/<int:pk>/", issues.issue, name="issue"),
    inside("issues/<int:pk>/merge/", issues.issue_merge, name="issue_merge"),
    inside("issues/<int:pk>/apart/", issues.issue_apart, name="issue_apart"),
    inside("issues/<int:pk>/close/", issues.issue_close, name="issue_close"),
    inside("issues/<int:pk>/forward/", issues.issue_forward, name="issue_forward"),
    inside("issues/heard/", issues.heard, name="heard"),
    inside("plan/", plans.plan, name="plan"),
    inside("plan/vision/", plans.vision, name="vision"),
    inside("plan/goals/new/", plans.goal_new, name="goal_new"),
    inside("plan/goals/<int:pk>/", plans.goal, name="goal"),
    inside("plan/goals/<int:pk>/change/", plans.goal_change, name="goal_change"),
    inside("plan/goals/<int:pk>/end/", plans.goal_end, name="goal_end"),
    inside("plan/actions/new/", plans.action_new, name="action_new"),
    inside("plan/actions/<int:pk>/", plans.action, name="action"),
    inside("plan/actions/<int:pk>/change/", plans.action_change, name="action_change"),
    inside("plan/actions/<int:pk>/check-in/", plans.action_check_in, name="action_check_in"),
    path("votes.csv", votes.vote_template, name="vote_template"),
    inside("votes/", votes.votes, name="votes"),
    inside("votes/new/", live.vote_new, name="vote_new"),
    inside("votes/<int:pk>/", votes.vote, name="vote"),
    inside("votes/<int:pk>/apply/", votes.vote_apply, name="vote_apply"),
    inside("votes/<int:pk>/drop/", votes.vote_drop, name="vote_drop"),
    inside("votes/<int:pk>/fit/", votes.vote_fit, name="vote_fit"),
    inside("votes/<int:pk>/choice/", votes.vote_choice, name="vote_choice"),
]
