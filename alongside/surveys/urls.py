from django.urls import path

from alongside.kit.addresses import inside
from alongside.surveys.views import answering, papers, replies, results, themes, waves

urlpatterns = [
    path("a/<int:wave>/<str:token>", answering.answer, name="answer"),
    inside("ask/", waves.ask, name="ask"),
    inside("ask/new/", waves.wave_new, name="wave_new"),
    inside("waves/<int:pk>/", waves.wave, name="wave"),
    inside("waves/<int:pk>/extend/", waves.wave_extend, name="wave_extend"),
    inside("waves/<int:pk>/call-off/", waves.wave_call_off, name="wave_call_off"),
    inside("waves/<int:pk>/results/", results.results_whole, name="results"),
    inside("waves/<int:pk>/results.csv", papers.results_csv, name="results_csv"),
    inside("waves/<int:pk>/results.pdf", papers.results_pdf, name="results_pdf"),
    inside("waves/<int:pk>/results/papers/", papers.results_papers, name="results_papers"),
    inside("waves/<int:pk>/results.xlsx", papers.results_xlsx, name="results_xlsx"),
    inside(
        "waves/<int:pk>/clusters/<slug:cluster>/results.pdf", papers.results_cluster_pdf, name="results_cluster_pdf"
    ),
    inside("waves/<int:pk>/schools/<slug:school>/results.pdf", papers.results_school_pdf, name="results_school_pdf"),
    inside(
        "waves/<int:pk>/schools/<slug:school>/results.pptx", papers.results_school_slides, name="results_school_slides"
    ),
    inside("waves/<int:pk>/clusters/<slug:cluster>/", results.results_cluster, name="results_cluster"),
    inside("waves/<int:pk>/schools/<slug:school>/", results.results_school, name="results_school"),
    inside("waves/<int:pk>/schools/<slug:school>/reply/", replies.reply, name="reply"),
    inside("waves/<int:pk>/statements/<str:item>/<slug:where>/<slug:place>/", results.statement, name="statement"),
    inside("waves/<int:pk>/replies/", replies.replies, name="replies"),
    inside("waves/<int:pk>/clusters/<slug:cluster>/reply/", replies.cluster_reply, name="cluster_reply"),
    inside("waves/<int:pk>/clusters/<slug:cluster>/themes/", themes.cluster_themes, name="cluster_themes"),
    inside("waves/<int:pk>/schools/<slug:school>/themes/", themes.school_themes, name="school_themes"),
    inside("waves/<int:pk>/schools/<slug:school>/waive/", replies.waive, name="waive"),
    inside("waves/<int:pk>/schools/<slug:school>/waive/undo/", replies.waive_undo, name="waive_undo"),
]
