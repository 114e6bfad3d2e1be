from django.urls import path

from alongside.kit.addresses import inside
from alongside.surveys.views import (
    answering,
    letters,
    own,
    papers,
    past,
    replies,
    results,
    rhythms,
    rooms,
    selfcheck,
    sharing,
    slips,
    themes,
    waves,
)

# What the phones of a hall may reach; on a laptop's own Wi-Fi nothing else is served (alongside.room_urls).
in_the_room = [
    path("r/<str:code>", rooms.room_answer, name="room_answer"),
    path("r/<str:code>/results", rooms.room_seen, name="room_seen"),
]
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
    inside("waves/<int:pk>/nudge/", letters.wave_nudge, name="wave_nudge"),
    inside("waves/<int:pk>/schools/<slug:school>/people/", letters.wave_people, name="wave_people"),
    path("letters/<str:token>/stop/", letters.pulse_stop, name="pulse_stop"),
    inside("ask/rhythm/", rhythms.rhythm_new, name="rhythm_new"),
    inside("ask/look/<slug:pulse>/", waves.ask_look, name="ask_look"),
    inside("rhythms/<int:pk>/", rhythms.rhythm, name="rhythm"),
    inside("rhythms/<int:pk>/skip/", rhythms.rhythm_skip, name="rhythm_skip"),
    inside("rhythms/<int:pk>/move/", rhythms.rhythm_move, name="rhythm_move"),
    inside("rhythms/<int:pk>/put-back/", rhythms.rhythm_put_back, name="rhythm_put_back"),
    inside("rhythms/<int:pk>/end/", rhythms.rhythm_end, name="rhythm_end"),
    inside("ask/budget/", rhythms.question_budget, name="question_budget"),
    path("a/<int:wave>/", answering.code, name="code"),
    path("a/<int:wave>/slip/<str:token>", answering.answer_slip, name="answer_slip"),
    inside("waves/<int:pk>/poster.pdf", slips.wave_poster, name="wave_poster"),
    inside("waves/<int:pk>/slide.pptx", slips.wave_slide, name="wave_slide"),
    inside("waves/<int:pk>/schools/<slug:school>/slips/", slips.wave_slips, name="wave_slips"),
    inside("waves/<int:pk>/schools/<slug:school>/slips/decide/", slips.wave_slips_decide, name="wave_slips_decide"),
    inside("waves/<int:pk>/schools/<slug:school>/slips/fetch/", slips.wave_slips_fetch, name="wave_slips_fetch"),
    inside("waves/<int:pk>/replies/", replies.replies, name="replies"),
    inside("waves/<int:pk>/clusters/<slug:cluster>/reply/", replies.cluster_reply, name="cluster_reply"),
    inside("waves/<int:pk>/clusters/<slug:cluster>/themes/", themes.cluster_themes, name="cluster_themes"),
    inside("waves/<int:pk>/schools/<slug:school>/themes/", themes.school_themes, name="school_themes"),
    inside("waves/<int:pk>/schools/<slug:school>/waive/", replies.waive, name="waive"),
    inside("waves/<int:pk>/schools/<slug:school>/waive/undo/", replies.waive_undo, name="waive_undo"),
    inside("waves/<int:pk>/schools/<slug:school>/sharing/", sharing.sharing, name="sharing"),
    inside("waves/<int:pk>/schools/<slug:school>/results.csv", papers.results_school_csv, name="results_school_csv"),
    inside("waves/<int:pk>/schools/<slug:school>/results.xlsx", papers.results_school_xlsx, name="results_school_xlsx"),
    inside("past/", past.past, name="past"),
    inside("past/file/", past.past_upload, name="past_upload"),
    inside("past/<int:pk>/match/", past.past_match, name="past_match"),
    inside("past/<int:pk>/look/", past.past_look, name="past_look"),
    inside("past/<int:pk>/look.csv", past.past_look_csv, name="past_look_csv"),
    inside("past/<int:pk>/apply/", past.past_apply, name="past_apply"),
    inside("past/<int:pk>/drop/", past.past_drop, name="past_drop"),
    inside("past/<int:pk>/undo/", past.past_undo, name="past_undo"),
    inside("past/<int:pk>/<slug:where>/<slug:place>/", past.past_results, name="past_results"),
    inside("past/<int:pk>/<slug:where>/<slug:place>/lines.csv", past.past_results_csv, name="past_results_csv"),
    inside("past/<int:pk>/<slug:where>/<slug:place>/lines.xlsx", past.past_results_xlsx, name="past_results_xlsx"),
    path("earlier-results.csv", past.past_template, name="past_template"),
    path("earlier-results.xlsx", past.past_template_xlsx, name="past_template_xlsx"),
    inside("ask/room/", rooms.room_new, name="room_new"),
    inside("rooms/<int:pk>/", rooms.room, name="room"),
    inside("rooms/<int:pk>/close/", rooms.room_close, name="room_close"),
    *in_the_room,
    inside("ask/pulses/", own.own_pulses, name="own_pulses"),
    inside("ask/pulses/<int:pk>/", own.own_pulse, name="own_pulse"),
    inside("ask/pulses/<int:pk>/away/", own.own_pulse_away, name="own_pulse_away"),
    inside("ask/pulses/file/", own.pulse_file, name="pulse_file"),
    inside("ask/pulses/file/template.csv", own.pulse_template, name="pulse_template"),
    inside("ask/pulses/file/<int:pk>/", own.pulse_read, name="pulse_read"),
    inside("ask/pulses/file/<int:pk>/leave/", own.pulse_read_drop, name="pulse_read_drop"),
    inside("ask/pulses/<slug:pulse>.csv", own.pulse_csv, name="pulse_csv"),
    inside("ask/pulses/<slug:pulse>.lss", own.pulse_lss, name="pulse_lss"),
    path("a/outbox.js", answering.outbox, name="outbox"),
    path("a/kept", answering.answer_kept, name="answer_kept"),
    inside("schools/<slug:school>/self-check/", selfcheck.self_check, name="self_check"),
    inside("schools/<slug:school>/self-check/share/", selfcheck.self_check_share, name="self_check_share"),
    inside("waves/<int:pk>/groupings/<slug:grouping>/", results.results_grouping, name="results_grouping"),
    inside(
        "waves/<int:pk>/groupings/<slug:grouping>/results.pdf", papers.results_grouping_pdf, name="results_grouping_pdf"
    ),
    inside(
        "waves/<int:pk>/groupings/<slug:grouping>/results.csv", papers.results_grouping_csv, name="results_grouping_csv"
    ),
    inside(
        "waves/<int:pk>/groupings/<slug:grouping>/results.xlsx",
        papers.results_grouping_xlsx,
        name="results_grouping_xlsx",
    ),
    inside(
        "waves/<int:pk>/clusters/<slug:cluster>/results.csv", papers.results_cluster_csv, name="results_cluster_csv"
    ),
    inside(
        "waves/<int:pk>/clusters/<slug:cluster>/results.xlsx", papers.results_cluster_xlsx, name="results_cluster_xlsx"
    ),
]
