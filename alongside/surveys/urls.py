from django.urls import path

from alongside.kit.addresses import inside
from alongside.surveys import views

urlpatterns = [
    path("a/<int:wave>/<str:token>", views.answer, name="answer"),
    inside("ask/", views.ask, name="ask"),
    inside("ask/new/", views.wave_new, name="wave_new"),
    inside("waves/<int:pk>/", views.wave, name="wave"),
    inside("waves/<int:pk>/extend/", views.wave_extend, name="wave_extend"),
    inside("waves/<int:pk>/call-off/", views.wave_call_off, name="wave_call_off"),
    inside("waves/<int:pk>/results/", views.results_whole, name="results"),
    inside("waves/<int:pk>/results.csv", views.results_csv, name="results_csv"),
    inside("waves/<int:pk>/results.pdf", views.results_pdf, name="results_pdf"),
    inside("waves/<int:pk>/results/papers/", views.results_papers, name="results_papers"),
    inside("waves/<int:pk>/results.xlsx", views.results_xlsx, name="results_xlsx"),
    inside("waves/<int:pk>/clusters/<slug:cluster>/results.pdf", views.results_cluster_pdf, name="results_cluster_pdf"),
    inside("waves/<int:pk>/schools/<slug:school>/results.pdf", views.results_school_pdf, name="results_school_pdf"),
    inside(
        "waves/<int:pk>/schools/<slug:school>/results.pptx", views.results_school_slides, name="results_school_slides"
    ),
    inside("waves/<int:pk>/clusters/<slug:cluster>/", views.results_cluster, name="results_cluster"),
    inside("waves/<int:pk>/schools/<slug:school>/", views.results_school, name="results_school"),
    inside("waves/<int:pk>/schools/<slug:school>/reply/", views.reply, name="reply"),
    inside("waves/<int:pk>/statements/<str:item>/<slug:where>/<slug:place>/", views.statement, name="statement"),
]
