#!/usr/bin/env python3
"""Can the tests turn red? One build holds all the known bugs of src/base/planted.h, each behind a switch; each is switched on
in turn, and the test that must find it is run. `./test --planted` does this; all must be found. The simulator has its own,
which its test plants in the statements of the store (tests/world/support/planted.cpp).

With names as arguments: only these. ORGO_PLANTED_BUILD: a build that is there already (with -DORGO_PLANTED=ON).
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build/planted"
FAULT, E2E = ROOT / "tests/fault", ROOT / "tests/e2e"
DOORS = E2E / "options_doors_test.py"

# name as in ORGO_PLANT(name) -> the test that must fail: a program, a program and one of its tests, or a binary and its filter
BUGS = {
    "ack_before_commit": FAULT / "kill_test.py",
    "bytes_not_flushed": FAULT / "durable_order_test.py",
    "dedup_ignored": FAULT / "kill_test.py",
    "message_id_of_attempt": FAULT / "smtp_down_test.py",
    "outbox_skipped": FAULT / "smtp_down_test.py",
    "half_job_stays": ("adapter_tests", "SqliteEngineTest.*"),
    "outcomes_after_the_batch": ("world_tests", "Delivery*"),
    "leases_by_the_wall_clock": ("world_tests", "Delivery*"),
    "leases_side_by_side": ("world_tests", "Delivery*"),
    "waits_not_capped": ("world_tests", "Delivery*"),
    "one_receiver_takes_all": ("service_tests", "ReceiverGate.*"),
    "stage_of_refusal_ignored": ("core_tests", "Refusal.*"),
    "our_own_suppressed": ("core_tests", "Outcome.*:Suppress.*"),
    "urgent_counted_with_ordinary": ("world_tests", "Delivery*"),
    "held_of_another_tenant": ("contract_tests", "GatewayHeld.*"),
    "rule_not_counted": ("world_tests", "DeliveryBrake.ARule*"),
    "urgent_counted_with_its_rule": ("world_tests", "DeliveryBrake.ARule*"),
    "answer_to_staff_suppresses": ("world_tests", "Delivery.StaffAre*"),
    "retry_after_ignored": ("core_tests", "Outcome.*"),
    "file_not_flushed": ("fault_tests", "DiskFault.*"),
    "all_levels_at_once": ("core_tests", "Escalate.*"),
    "store_trouble_buries": ("world_tests", "Processor*"),
    "repair_decides_anew": ("contract_tests", "LedgerRepair*"),
    "missing_not_seen": FAULT / "damage_test.py",
    "stateless_not_seen": ("contract_tests", "*LedgerReader*"),
    "restore_not_seen": FAULT / "restore_test.py",
    "copy_not_seen": ("core_tests", "Lineage.*"),
    "power_cut_is_a_restore": ("core_tests", "Lineage.*"),
    "lineage_leads": ("app_tests", "LineageKeeper*"),
    "stop_waits_for_the_relay": FAULT / "stop_test.py",
    # wiring: an option that reaches nobody, or everybody
    "smtp_recipients_unheard": (DOORS, "only_our_recipients_are_taken"),
    "require_tls_unheard": (DOORS, "doors_speak_tls"),
    "message_size_unheard": (DOORS, "sizes_and_counts_are_bounded"),
    "message_size_unheard_by_http": (DOORS, "sizes_and_counts_are_bounded"),
    "metrics_for_all": (DOORS, "who_reads_the_metrics"),
    "attempts_unheard": ("app_tests", "ServerTest.EveryDeclaredOptionIsRead"),
    "hops_unheard": ("app_tests", "ServerTest.EveryDeclaredOptionIsRead"),
    "webhook_secret_unheard": ("app_tests", "PoliciesPartTest.*"),
    "secret_of_the_operators_lent": ("app_tests", "PoliciesPartTest.*"),
    "no_worker_for_urgent": (E2E / "options_mail_out_test.py", "so_many_go_out_at_once"),
    "accepted_and_nobody_told": (FAULT / "wakeups_test.py", "a_mail_is_answered_and_decided_at_once"),
    "decided_and_nobody_told": (FAULT / "wakeups_test.py", "what_was_decided_is_sent_at_once"),
    # accounting in the doors
    "cut_mail_keeps_its_bytes": ("adapter_tests", "MailDoorAccountsTest.*Octets*"),
    "failed_handshake_stays_counted": ("adapter_tests", "MailDoorAccountsTest.*Handshake*"),
    "peer_of_an_ended_connection_counts": ("adapter_tests", "MailDoorTest.OnePeerCannotTakeAllPlaces"),
    "answer_reaches_the_next_peer": ("adapter_tests", "MailDoorAccountsTest.AnAnswer*"),
    "transaction_time_begins_anew": ("adapter_tests", "MailDoorAccountsTest.ATransaction*"),
    "each_byte_is_progress": ("adapter_tests", "MailDoorAccountsTest.Drips*"),
    "wake_up_of_the_door_lost": ("adapter_tests", "OutcomeQueue.*"),
    "failed_https_handshake_stays_counted": ("adapter_tests", "Listener.*"),
    "first_answer_for_all": ("protocol_tests", "LmtpSession.*"),
    # one mail that a mailbox refuses
    "too_large_is_deleted": ("adapter_tests", "RefusedMail.Pop3TooLarge*"),
    "refused_retr_is_seen": ("adapter_tests", "RefusedMail.Pop3Refused*"),
    "cut_mail_is_deleted": ("adapter_tests", "ScriptedPop3.*"),
    "too_large_is_moved": ("adapter_tests", "RefusedMail.ImapTooLarge*"),
    "refused_fetch_is_forgotten": ("adapter_tests", "RefusedMail.ImapRefused*"),
    # parse trees, several files
    "not_takes_all_behind_it": ("core_tests", "*ConditionTree*"),
    "and_binds_to_the_right": ("core_tests", "*ConditionTree*"),
    "second_rule_file_may_be_missing": ("app_tests", "RuleFilesTest.*"),
    "second_rule_file_not_watched": ("app_tests", "RuleFilesTest.*"),
    "changed_between_reads": ("app_tests", "RuleFilesTest.*"),
    # bounds of memory, disk and latency
    "log_never_checkpointed": ("adapter_tests", "SqliteEngineTest.TheLog*"),
    "segments_stay_open": ("adapter_tests", "Segments.*"),
    "each_hint_is_kept": ("contract_tests", "*WorkHints*"),
    "done_work_stays": ("world_tests", "Processor.*"),
    "wake_up_of_a_loop_lost": ("service_tests", "Loop.AWake*"),
    # every kind of mail and every rule of delivery
    "urgent_gives_up_early": ("core_tests", "Retry.*"),
    "deferral_keeps_its_lease": ("contract_tests", "*OutboxContract.ADeferred*"),
    "our_own_refused_by_the_list": ("core_tests", "Brake.*"),
    "manual_entry_passed_by": ("core_tests", "Brake.*"),
    "webhook_failure_suppresses": ("core_tests", "Outcome.*"),
    "last_step_is_ordinary": ("core_tests", "Escalate.*"),
    # service levels and chains
    "urgent_waits_for_quiet_hours": ("core_tests", "OneTask.*"),
    "joined_mail_starts_no_clock": ("core_tests", "Decide.AFollowUp*"),
    "pending_clock_runs": ("core_tests", "Clocks.*"),
    "staff_requester_answers_himself": ("core_tests", "Clocks.*"),
    "calendar_never_open_keeps_silent": ("core_tests", "ChainCalendar.*"),
    "first_page_of_tasks_only": ("world_tests", "PoliciesChange.*"),
    "change_of_the_clocks_unseen": ("core_tests", "Calendar.*"),
    # batches
    "first_of_a_batch_forgotten": ("world_tests", "Batch.*"),
    "subject_of_a_batch_forgotten": ("world_tests", "Batch.*"),
    "answers_of_a_batch_shifted": ("world_tests", "Intake.*"),
    "job_under_way_is_said_to_fail": ("adapter_tests", "SqliteEngineTest.AJob*"),
    # what strangers send to a browser
    "picture_set_passes": ("core_tests", "SanitiseHtml.WhatIsShown*"),
    "frame_loads_remote": ("contract_tests", "GatewayPage.TheFrame*"),
    "cookie_not_secure": ("contract_tests", "GatewayPage.EachCookie*"),
    "cookie_stays_after_logout": ("contract_tests", "GatewayPage.EachCookie*"),
    "form_of_another_site": ("contract_tests", "GatewayPage.FormsOfOtherSites*"),
    # files
    "folder_not_flushed": ("fault_tests", "DiskFault.AFirstLife*"),
    "written_in_place": ("adapter_tests", "WriteWhole.*"),
    "segment_folder_not_flushed": ("fault_tests", "DiskFault.WhatWasAnswered*"),
    # tenants, roles, logins
    "raw_mail_of_any_tenant": ("contract_tests", "GatewayIsolation.TheSameNumbers*"),
    "role_not_asked_on_pages": ("contract_tests", "GatewayPage.ViewersSee*"),
    "revoked_token_is_remembered": ("service_tests", "CallersTest.*"),
    "login_never_locked": ("core_tests", "Lockout.TheFifth*"),
    "right_password_counts": ("core_tests", "Lockout.AnAccount*"),
    "sessions_outlive_the_password": ("core_tests", "People.*"),
    # marks of our own, forged reports, ids, addresses
    "answer_without_loop_mark": ("core_tests", "RenderMail.*"),
    "hops_stand_still": ("core_tests", "RenderMail.*"),
    "forged_id_is_ours": ("core_tests", "OwnMessageId.*"),
    "bounce_before_it_went_out": ("core_tests", "BounceEffects.*"),
    "bounce_of_another_recipient": ("core_tests", "BounceEffects.*"),
    "second_alarm_is_a_duplicate": ("core_tests", "DedupKey.*"),
    "ids_are_used_again": ("contract_tests", "*MessageStore*"),
    "xn_is_another_domain": ("core_tests", "*Address*:*Domain*"),
    "list_knows_no_xn": ("core_tests", "Contact.*"),
}
# Two tests for one bug: what the first finds by chance of a moment, the second finds by the order of system calls.
MORE = [("ack_before_commit", FAULT / "durable_order_test.py")]


def declared():
    """The bugs that stand in the source: each must be in the table, and each of the table there."""
    found = set()
    for path in (ROOT / "src").rglob("*.cpp"):
        found |= set(re.findall(r"ORGO_PLANT\((\w+)\)", path.read_text(encoding="utf-8")))
    return found - {"name"}


def build():
    """In a copy beside the other builds, so that whatever no bug is in comes from the compiler's cache."""
    if given := os.environ.get("ORGO_PLANTED_BUILD"):
        return pathlib.Path(given)
    for part in ("src", "cmake", "tests", "bench", "modules", "samples", "docs"):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, COPY / part, dirs_exist_ok=True)
    for part in ("CMakeLists.txt", "CMakePresets.json"):
        shutil.copy2(ROOT / part, COPY / part)
    targets = sorted({test[0] for test in BUGS.values() if isinstance(test, tuple) and isinstance(test[0], str)} | {"orgo"})
    log = COPY / "build.log"
    command = ("cmake --preset dev -DORGO_PLANTED=ON -DORGO_BENCH=OFF '-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0' && "
               "cmake --build --preset dev --target " + " ".join(targets))
    with open(log, "w") as out:
        environment = {**os.environ, "CCACHE_BASEDIR": str(ROOT.parent), "CCACHE_NOHASHDIR": "1"}
        if subprocess.run(command, shell=True, cwd=COPY, env=environment, stdout=out, stderr=out).returncode != 0:
            sys.exit(f"the planted bugs do not build, see {log}")
    return COPY / "build/dev"


def run(folder, bug, test):
    environment = {**os.environ, "ORGO_KILLS": "10", "PLANTED": bug, "ORGO_BINARY": str(folder / "orgo"),
                   "ORGO_BUILD": str(folder), "ORGO_PATIENCE": os.environ.get("ORGO_PATIENCE", "3")}
    if isinstance(test, tuple) and isinstance(test[0], pathlib.Path):
        command, name = [sys.executable, *test], f"{test[0].name} {test[1]}"
    elif isinstance(test, tuple):
        command = [folder / "tests" / test[0], f"--gtest_filter={test[1]}", "--gtest_brief=1"]
        name = f"{test[0]} {test[1]}"
    else:
        command, name = [sys.executable, test], test.name
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, errors="replace")
    lines = (done.stdout + done.stderr).splitlines()
    return done.returncode, name, next((line for line in lines if "FAILED" in line or "Failure" in line), "")[:120]


def main():
    wanted = sys.argv[1:] or list(BUGS)
    jobs = [(bug, test) for bug, test in [*BUGS.items(), *MORE] if bug in wanted]
    problems = [f"LOST    {bug}: the source has no ORGO_PLANT({bug})" for bug in sorted(set(BUGS) - declared())]
    problems += [f"LOST    {bug}: no test of {pathlib.Path(__file__).name} is for it" for bug in sorted(declared() - set(BUGS))]
    folder = build()
    # A test that is red without any bug proves nothing about one.
    tests = list(dict.fromkeys(test for _, test in jobs))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for test, (code, name, first) in zip(tests, pool.map(lambda test: run(folder, "", test), tests)):
            if code != 0:
                problems.append(f"RED     {name} without any bug: {first}")
        for (bug, _), (code, name, first) in zip(jobs, pool.map(lambda job: run(folder, *job), jobs)):
            print(f"{'found ' if code else 'MISSED'}  {bug}, by {name}: {first}", flush=True)
            if code == 0:
                problems.append(f"MISSED  {bug}")
    print("\n".join(problems) or f"{len(jobs)} of {len(jobs)} planted bugs found")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
