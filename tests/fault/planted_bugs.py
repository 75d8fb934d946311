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
LONGEST = 600  # s of one test

# name as in ORGO_PLANT(name) -> the test that must fail: a program, a program and one of its tests, or a binary and its filter
BUGS = {
    "ack_before_commit": FAULT / "kill_test.py",
    "bytes_not_flushed": FAULT / "durable_order_test.py",
    "dedup_ignored": FAULT / "kill_test.py",
    "message_id_of_attempt": FAULT / "smtp_down_test.py",
    "answer_has_an_id_of_its_attempt": FAULT / "answers_kill_test.py",
    "outbox_skipped": FAULT / "smtp_down_test.py",
    "unconfirmed_commit_is_believed": (FAULT / "postgres_failover_test.py", "what_no_standby_has_confirmed_is_not_acknowledged"),
    "old_primary_is_believed": (FAULT / "postgres_failover_test.py", "a_primary_that_wakes_again_acknowledges_nothing"),
    "what_was_posted_is_lost_in_trouble": ("fault_tests", "PostgresPosted.*"),
    "fetched_is_never_acknowledged": ("adapter_tests", "SharedHints*"),
    "shared_hint_is_forgotten": ("adapter_tests", "SharedHints*"),
    "a_number_is_believed": ("fault_tests", "PostgresFault.ANumber*"),
    "lost_commit_is_run_again": ("fault_tests", "PostgresBatch.Cut*"),
    "tenants_are_not_held": ("fault_tests", "PostgresFault.*"),
    "any_log_is_followed": ("contract_tests", "SearchTrouble.*"),
    "any_cluster_is_ours": ("fault_tests", "PostgresHosts.*"),
    "pool_is_believed": (FAULT / "postgres_pool_test.py", "what_an_old_primary_says_by_the_pool_is_not_believed"),
    "everybody_is_seen": ("fault_tests", "PostgresTenants.*"),
    "nobody_looks_after_a_cut": ("fault_tests", "PostgresSignalsFault.*"),
    "tokens_of_others_are_kept": ("fault_tests", "PostgresNodesFault.AToken*"),
    "silent_node_judges": ("core_tests", "Membership.*"),
    "name_is_always_free": ("fault_tests", "PostgresNodesFault.TheName*"),
    "woken_node_is_buried": ("fault_tests", "PostgresNodesFault.OneThatWasHeard*"),
    "sends_of_the_dead_wait": ("fault_tests", "PostgresNodesFault.WhatADead*"),
    "late_node_is_ready": ("service_tests", "NodeServiceTest.*"),
    "another_secret_is_let_in": ("core_tests", "Agreement.AnotherSecret*"),
    "mails_elsewhere_are_let_in": (E2E / "cluster_test.py", "who_would_break_something_is_refused"),
    "tables_change_under_others": (E2E / "cluster_test.py", "tables_are_not_changed_under_an_older_node"),
    "each_disk_has_its_rules": (E2E / "cluster_test.py", "rules_are_those_of_who_changed_them_last"),
    "each_node_begins_an_epoch": ("fault_tests", "PostgresNodesFault.ARestoreIsBegunOnce*"),
    "others_are_not_told": ("app_tests", "NodesTest.*"),
    "lock_is_taken_anyway": ("fault_tests", "PostgresLocksFault.OfTwo*"),
    "lost_lock_is_nobodys": ("fault_tests", "PostgresLocksFault.Cut*"),
    "encoding_of_the_url": ("fault_tests", "PostgresFault.TextIsUtf8*"),
    "error_shows_the_password": ("app_tests", "ConfigSecrets.*"),
    "address_is_shown_whole": ("app_tests", "ConfigSecrets.*"),
    "address_of_any_length": ("core_tests", "LongAddress.*:EnvelopeOf.*"),
    "scrape_waits_for_the_store": ("app_tests", "Sampler.*"),
    "hanging_store_is_ready": ("app_tests", "StoreTrials.*"),
    "refused_trial_is_ready": ("app_tests", "StoreTrials.*"),
    "rehearsal_stays": ("contract_tests", "*Rehearsal.*"),
    "hanging_read_stops_the_door": ("adapter_tests", "HangingReads.*"),
    "store_refuses_the_sender": ("world_tests", "Intake.*"),
    "one_refused_mail_refuses_all": ("world_tests", "Intake.*"),
    "refused_change_holds_its_batch": ("contract_tests", "Overtaken.ARow*"),
    "refused_question_stops_all": ("world_tests", "ProcessorTrouble.*"),
    "refused_row_takes_its_neighbours": ("fault_tests", "PostgresBatch.*"),
    "half_job_stays": ("adapter_tests", "SqliteEngineTest.*"),
    "outcomes_after_the_batch": ("world_tests", "Delivery*"),
    "leases_by_the_wall_clock": ("world_tests", "Delivery*"),
    "leases_side_by_side": ("world_tests", "Delivery*"),
    "waits_not_capped": ("world_tests", "Delivery*"),
    "age_by_a_clock_that_jumped": ("world_tests", "Delivery*"),
    "lock_of_a_clock_ahead_stays": ("core_tests", "Lockout.*"),
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
    "wide_is_one_column": ("app_tests", "Table.*"),
    "module_team_reaches_nobody": ("core_tests", "DefaultTeam.*"),
    "team_is_told_in_a_circle": ("core_tests", "FetchedTeam.*"),
    "rule_error_is_not_ready": (E2E / "rules_test.py", "versions_are_kept_compared_and_brought_back"),
    "nothing_is_overdue": (E2E / "metrics_test.py", "open_overdue_and_waiting_tasks"),
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
    "suspects_are_claimed_together": ("world_tests", "Processor.Killed*"),
    "our_silence_is_an_alarm": ("world_tests", "SilenceSource.*"),
    "programs_talk_through_us": ("core_tests", "Loops.*"),
    "kept_mail_is_told_each_time": ("core_tests", "Loops.*"),
    "mail_goes_on_by_each_way": ("core_tests", "Answers.WhoIsOurs*"),
    "mail_to_others_goes_on": ("core_tests", "Answers.WhoIsOurs*"),
    "mails_go_on_as_files": ("core_tests", "RenderAnswer.OfAColleaguesFiles*"),
    "a_part_reads_the_others_title": E2E / "merged_test.py",
    "changes_of_a_move_are_lost": ("fault_tests", "*Move.*"),
    "a_move_leaves_a_row_out": ("fault_tests", "*Move.*"),
    "held_stand_in_no_queue": ("core_tests", "HeldQueue.*"),
    "brake_throws_answers_away": ("world_tests", "DeliveryBrake.Answers*"),
    "lost_answer_counts": ("core_tests", "SlaFacts.*"),
    "subject_keeps_the_marker": ("core_tests", "ThreadFields.*"),
    "title_keeps_the_marker": ("core_tests", "Title.*"),
    "resolved_again_is_told_to_nobody": ("world_tests", "Delivery.WhoIsTold*"),
    "keys_unheard": ("contract_tests", "AnswerForm.*"),
    "a_key_for_each_word": ("contract_tests", "AnswerForm.OfTwoWords*"),
    "late_answers_go_out": ("contract_tests", "AnswerForm.WhatHappens*"),
    "no_room_is_too_many": ("contract_tests", "AnswerForm.NoRoom*"),
    "large_files_lose_the_words": ("contract_tests", "AnswerForm.LargeForms*"),
    "recall_leaves_the_state": ("contract_tests", "AnswerBack.ItTakes*"),
    "lost_answers_of_a_peer_forgotten": ("core_tests", "RecallAnswer.WhatAPeer*"),
    "reply_to_of_anybody": ("contract_tests", "AnswerBack.AnAnswerGoes*"),
    "anybody_stops_the_clock": ("core_tests", "Answers.ThatTheCustomer*"),
    "answers_wait_behind_notices": ("core_tests", "Answers.AnAnswerGoesBefore*"),
    "links_go_on_without_address": ("core_tests", "WordsWithLinks.*"),
    "customers_speak_for_us": ("core_tests", "Answers.WhoIsOurs*"),
    "staff_mail_reopens": ("core_tests", "Answers.AColleagues*"),
    "talk_of_colleagues_answers": ("core_tests", "SlaFacts.*"),
    "recalled_answer_counts": ("core_tests", "SlaFacts.*"),
    "answers_lose_what_they_quote": ("core_tests", "RenderAnswer.GoesTo*"),
    "tls_writes_raise_a_signal": ("adapter_tests", "Socket.*"),
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
    "cut_mail_is_seen": ("adapter_tests", "ScriptedPop3.*"),
    "too_large_is_moved": ("adapter_tests", "RefusedMail.ImapTooLarge*"),
    "refused_fetch_is_forgotten": ("adapter_tests", "RefusedMail.ImapRefused*"),
    "wrong_literal_is_a_mail": ("protocol_tests", "ImapFetch.*"),
    "last_of_garbage_is_a_mail": ("adapter_tests", "BrokenMail.WhatCame*"),
    "whole_before_broken_is_left": ("adapter_tests", "BrokenMail.WhatCame*"),
    "broken_mail_is_never_given_up": ("adapter_tests", "BrokenMail.ForEver*"),
    "broken_mail_is_passed_over": ("adapter_tests", "BrokenMail.OnceLoses*"),
    # parse trees, several files
    "not_takes_all_behind_it": ("core_tests", "*ConditionTree*"),
    "and_binds_to_the_right": ("core_tests", "*ConditionTree*"),
    "second_rule_file_may_be_missing": ("app_tests", "RuleFilesTest.*"),
    "second_rule_file_not_watched": ("app_tests", "RuleFilesTest.*"),
    "changed_between_reads": ("app_tests", "RuleFilesTest.*"),
    # bounds of memory, disk and latency
    "log_never_checkpointed": ("adapter_tests", "SqliteEngineTest.TheLog*"),
    "segments_stay_open": ("adapter_tests", "Segments.*"),
    "row_believes_its_bytes": ("contract_tests", "*MailBytes*"),
    "tenants_share_a_row": ("contract_tests", "*MailBytes*"),
    "damage_stands_in_the_way": ("fault_tests", "PostgresBlobs.*"),
    "full_for_everybody": ("contract_tests", "*WorkHints*"),
    "first_tenant_takes_all": ("contract_tests", "*WorkHints*"),
    "elsewhere_they_read_the_whole": (E2E / "merged_test.py", "where_they_want_it_each_reads_their_own_too"),
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
    "empty_rota_is_silence": ("core_tests", "Escalate.*"),
    "clock_ahead_strands": ("world_tests", "WrongClock.*"),
    "work_waits_for_a_clock": ("world_tests", "WrongClock.WhatWasAccepted*"),
    "behind_is_believed": ("world_tests", "WrongClock.*"),
    "facts_stay_ahead": ("core_tests", "ClockAhead.*"),
    "link_is_seen_from_one_side": ("core_tests", "Ties.ALinkIs*"),
    "open_work_ends_in_what_is_done": ("core_tests", "Ties.WhatIsDone*"),
    "requester_of_what_was_merged_is_a_stranger": ("core_tests", "Ties.WhatIsMerged*"),
    "later_copies_hide_the_first": ("core_tests", "FindThreadProperty.However*"),
    "colleague_with_a_part_is_a_customer": ("core_tests", "Answers.AColleagueWhoAsked*"),
    "split_breaks_what_was_promised": ("core_tests", "Answers.WhatWasTold*"),
    "date_of_what_was_merged_stays": ("core_tests", "Ties.WhatIsMerged*"),
    "part_is_taken_away_by_its_first_mail": ("core_tests", "Split.IsRefused*"),
    "colleagues_of_a_part_are_strangers": ("core_tests", "Part.WhatWasMerged*"),
    "recall_loses_the_dates": ("core_tests", "RecallAnswer.*Date*"),
    "all_are_answered_in_one_thread": ("core_tests", "Answers.WhoAskedForAPart*"),
    "times_are_english": ("core_tests", "DueText.German*"),
    "dates_with_slashes_are_guessed": ("core_tests", "DueText.WhatMayMean*"),
    "people_read_json": ("base_tests", "JsonWords.*"),
    "the_command_line_speaks_of_bodies": ("app_tests", "ProblemWords.*"),
    "only_the_state_is_told": ("app_tests", "WhatWasDone.*"),
    "our_domain_may_ask": ("contract_tests", "*NewTask*"),
    "all_are_those_ticked": ("contract_tests", "GatewayMany.OneBox*"),
    "whoever_goes_astray_is_a_stranger": ("contract_tests", "GatewayMany.AnAddress*"),
    "lines_run_over_the_edge": ("app_tests", "Fold.*"),
    "who_asked_is_told_who_else_did": ("contract_tests", "AnswerCustomers.WhoeverAnswers*"),
    "who_asked_for_a_part_never_hears": ("core_tests", "WordAtResolving.GoesToEach*"),
    "only_the_requester_is_answered": ("contract_tests", "AnswerCustomers.WhoWroteLast*"),
    "answers_to_parts_stay": ("contract_tests", "AnswerCustomers.AColleagues*"),
    "mails_stay_with_what_was_merged": ("core_tests", "MergedThread.*"),
    "answers_stay_where_they_were": ("core_tests", "Split.AMessage*"),
    "woken_whatever_became_of_it": ("core_tests", "WakePending.*"),
    "woken_and_nobody_told": ("core_tests", "WakePending.*"),
    "overdue_tells_nobody": ("core_tests", "Overdue.*"),
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
    # wiring, once more: an option that lands in another's place, a role that tells nobody
    "idle_time_is_the_heads": (DOORS, "http_connections_are_bounded_and_not_for_ever"),
    "required_tls_may_be_missing": (E2E / "options_mail_out_test.py", "the_relay_is_known_before_it_hears_a_password"),
    "waits_of_the_queue_swapped": (E2E / "options_work_test.py", "what_cannot_be_decided_is_tried_again_later"),
    "nobody_listens_for_silence": (E2E / "options_work_test.py", "rhythms_are_learned_or_not"),
    "escalated_and_nobody_told": (FAULT / "wakeups_test.py", "what_is_overdue_is_told_at_once"),
    "idle_sweeper_turns": (FAULT / "wakeups_test.py", "who_has_nothing_to_do_sleeps"),
    "changed_tenant_is_remembered": (E2E / "tenants_test.py", "a_suspended_tenant_gets_and_shows_nothing"),
    "changed_mailbox_runs_on": (E2E / "mailbox_test.py", "mailboxes_of_a_tenant_follow_its_folder_while_the_server_runs"),
    "sender_of_the_operators_lent": ("app_tests", "PoliciesPartTest.*"),
    "first_password_stays_there": ("app_tests", "*AccessPart*"),
    # doors: places, bytes and times
    "mail_under_way_takes_no_room": ("adapter_tests", "MailDoorTest.MemoryIs*:MailDoorTest.PastTheBudget*"),
    "refused_chunk_stays_refused": ("protocol_tests", "ServerSession*:Session*:*Lmtp*:*Smtp*"),
    "peer_turned_away_stays_counted": ("adapter_tests", "MailDoorTest.WhoIsTurnedAway*"),
    "refused_mail_is_fruit": ("adapter_tests", "MailDoorTest.MailsThatAreRefused*"),
    "refused_body_keeps_its_room": ("adapter_tests", "HttpServerTest.BoundsAllBodies*"),
    "refused_request_keeps_its_place": ("adapter_tests", "HttpServerTest.RefusesWhen*"),
    "pipelined_request_is_lost": ("adapter_tests", "HttpServerTest.AnswersPipelined*"),
    "network_stays_counted": ("adapter_tests", "PeerCounts.*"),
    # mailboxes and webhooks
    "failed_move_is_forgotten": ("contract_tests", "*Mailbox*"),
    "held_back_is_tried_once": ("adapter_tests", "RefusedMail.ImapRefusedAgain*"),
    "too_large_told_each_time": ("adapter_tests", "RefusedMail.Pop3TooLarge*"),
    "unconfirmed_deletion_is_done": ("adapter_tests", "ScriptedPop3.*"),
    "wrong_login_is_tried_often": ("world_tests", "Mailboxes.ARefusedLogin*"),
    "duplicates_count_as_taken": ("world_tests", "Mailboxes.TheMetrics*"),
    "too_many_requests_is_final": ("adapter_tests", "HttpWebhook.*"),
    "private_behind_6to4_is_called": ("adapter_tests", "*Address*:HttpWebhook.*"),
    # rules of several parts, files and modules
    "part_without_words_is_not_asked": ("core_tests", "ConditionTree.*"),
    "second_row_acts_too": ("core_tests", "Rules.ATable*"),
    "second_rule_adds_its_chain": ("core_tests", "Rules.AllMatching*:Chain.TheFirst*"),
    "version_is_that_of_the_first_file": ("core_tests", "RuleSetVersion.*"),
    "later_module_acts_too": ("core_tests", "Module.*"),
    "recipients_are_kept_for_ever": ("world_tests", "TenantDirectoryTest.*"),
    "policy_in_use_is_put_away": ("world_tests", "Policies.*"),
    # delivery and suppression
    "one_attempt_too_many": ("core_tests", "Retry.*"),
    "untried_never_gives_up": ("core_tests", "Outcome.NoWayToWait*"),
    "our_own_fails_at_once": ("core_tests", "Outcome.*"),
    "limit_of_a_task_is_one_less": ("core_tests", "*Loop*"),
    "lost_answer_is_told_to_nobody": ("core_tests", "Outcome.*"),
    "old_failures_count": ("core_tests", "Suppress*"),
    "dead_mailbox_comes_back": ("core_tests", "Suppress*"),
    # service levels, chains, calendars, who is on call
    "last_answer_hides_the_late_one": ("core_tests", "Clocks.TheLongest*"),
    "each_mail_starts_the_clock_anew": ("core_tests", "Clocks.*"),
    "reopened_chain_goes_on": ("core_tests", "Escalate*:Commands*:Chain*:Lifecycle*"),
    "subdomain_has_no_promise": ("core_tests", "Workplace.Chooses*"),
    "open_at_its_end": ("core_tests", "Calendar.SeveralSlots*"),
    "rota_turns_by_utc": ("core_tests", "Workplace.WhoIsOnCall"),
    "night_into_a_holiday_stays": ("core_tests", "Calendar.Holidays*"),
    "urgent_one_step_early": ("core_tests", "Escalate.OnlyTheLast*"),
    # batches and threads
    "task_counts_for_who_sent_it": ("world_tests", "Batch.*"),
    "answer_goes_before_its_question": ("world_tests", "Batch.*"),
    "sender_of_another_tenant_counts": ("world_tests", "Batch.*"),
    "neighbour_is_a_colleague": ("core_tests", "Part.*"),
    "id_of_a_stranger_counts_first": ("core_tests", "FindThread.AnIdOf*"),
    "oldest_reference_counts_first": ("core_tests", "ThreadHints.*"),
    "name_of_another_task_is_taken": ("core_tests", "FindThread.AStrangers*"),
    "recorded_sender_has_a_part": ("contract_tests", "*ContextReader*"),
    "copy_for_another_is_a_duplicate": ("contract_tests", "*MessageStore*"),
    "pop3_is_another_door": ("contract_tests", "*MessageStore*"),
    # what strangers send: pages, reports, dates
    "drawing_passes_as_data": ("core_tests", "SanitiseHtml.*-*Linear*"),
    "inner_drawing_ends_the_outer": ("core_tests", "SanitiseHtml.WhatIsTakenOut*"),
    "own_header_drops_the_others": ("contract_tests", "GatewayPage.TheFrame*"),
    "page_is_served_as_page": ("service_tests", "AttachmentResponse.*"),
    "cookie_is_read_by_scripts": ("contract_tests", "GatewayPage.EachCookie*"),
    "delay_is_a_bounce": ("core_tests", "BounceEffects.*"),
    "vague_status_counts": ("core_tests", "ReadBounce.AVague*"),
    "second_recipient_replaces_the_first": ("core_tests", "ReadBounce.EachRecipient*"),
    "trouble_of_a_name_server_is_final": ("core_tests", "*Bounce*:*Status*"),
    "noon_is_midnight": ("protocol_tests", "Date.TheTwelve*"),
    "half_hours_only_in_the_east": ("protocol_tests", "Date.Offsets*"),
    "control_characters_have_one_digit": ("base_tests", "JsonWriter.*"),
    "damaged_event_breaks_the_answer": ("service_tests", "Views.*"),
    # tenants, people, lists
    "events_of_the_first_tenant": ("contract_tests", "*TenantStore*"),
    "cursor_of_another_tenant_holds": ("contract_tests", "GatewayLists.ACursor*"),
    "ledger_of_all_tenants": ("contract_tests", "GatewayLists.TheLedger*"),
    "dead_letters_of_all_tenants": ("contract_tests", "*WorkStore*"),
    "full_page_has_a_next": ("contract_tests", "GatewayLists.EachItem*"),
    "entry_between_pages_is_missing": ("contract_tests", "GatewayLists.EachItem*"),
    "enabled_again_is_logged_in": ("contract_tests", "GatewayLogin.*"),
    "session_never_ends": ("contract_tests", "GatewayLogin.*"),
    "one_attempt_less": ("core_tests", "Lockout.*"),
    "last_administrator_may_go": ("core_tests", "People.*"),
    "manager_manages_people": ("contract_tests", "GatewayRoutes.*"),
    "first_forwarded_is_believed": ("service_tests", "ClientAddress.*"),
    "disabled_account_gets_tasks": ("core_tests", "Names.*"),
    "team_is_told_before_the_assignee": ("core_tests", "Names.*:*JoinTask*"),
    "former_colleague_is_staff": ("core_tests", "Names.WhoIs*"),
    # restores, the doctor, the ledger, metrics
    "marks_are_given_twice": ("core_tests", "Lineage.*"),
    "only_the_first_are_released": ("contract_tests", "GatewayRestored.However*"),
    "doctor_sees_no_held_mail": FAULT / "restore_test.py",
    "doctor_reads_the_first_page": (FAULT / "damage_test.py", "damage_beyond_the_first_page"),
    "refused_are_not_counted": ("contract_tests", "*LedgerReader*"),
    "outcome_without_a_name": ("core_tests", "Ledger.*"),
    "lost_bytes_are_well": ("world_tests", "LedgerWatchTest.*"),
    "lmtp_counts_as_smtp": (FAULT / "bounds_test.py", "connections_leave_no_files_open"),
    "suspect_segment_goes_on": ("fault_tests", "DiskFault.ASuspect*"),
    # copies, follow-ups, chains and promises, once more
    "level_of_the_team_unheard": ("core_tests", "Decide.ItsTeam*"),
    "named_calendar_of_a_chain_unheard": ("core_tests", "Decide.ItsTeam*"),
    "named_calendar_counts_on_the_wall": ("core_tests", "RuleEscalation.*"),
    "routed_address_asks_for_itself": ("core_tests", "FollowUp.TheTaskOfAForm*"),
    "same_step_twice_by_a_copy": ("core_tests", "FollowUp.TheSameStep*"),
    "chain_of_a_copy_answers_too": ("core_tests", "FollowUp.TheChainOfACopy*"),
    "alert_of_another_orgo_opens": ("core_tests", "FollowUp.ASecondAlert*"),
    "holder_hears_of_his_own_mail": ("core_tests", "Decide.TheWriter*"),
    "complaint_behind_a_bounce_unheard": ("core_tests", "BounceEffects.AComplaintBehind*"),
    "send_of_a_step_has_no_cause": ("core_tests", "SendsOfRules.AStep*"),
    "escalation_has_no_cause": ("core_tests", "SendsOfRules.AStep*"),
    # alarms, accounts, values of rules, feeds, reloads
    "alarm_is_told_ordinarily": ("core_tests", "AlarmTask.*"),
    "alarm_has_no_words": ("core_tests", "AlarmTask.*"),
    "zone_of_a_person_unheard": ("core_tests", "People.*"),
    "urgent_waits_like_the_others": ("core_tests", "Retry.*"),
    "broken_folds_hide_the_id": ("core_tests", "OriginalMail.*"),
    "manual_entry_is_written_over": ("core_tests", "Suppress.*"),
    "feed_may_leave_tls": (E2E / "feeds_test.py", "certificates_are_verified"),
    "hup_reloads_no_log": (E2E / "options_work_test.py", "the_log_says_so_much_in_this_form"),
    "new_feeds_are_not_told": ("app_tests", "PoliciesPartTest.WhoFetches*"),
    "second_host_is_taken": ("adapter_tests", "RequestReader.Refuses*"),
    "deceptive_link_in_a_link": ("core_tests", "SanitiseHtml.MarksLinks*"),
    "unclosed_drawing_is_whole": ("core_tests", "SanitiseHtml.Limits"),
    # what was not written, or waited for, is not lost
    "conflict_waits_for_its_lease": ("world_tests", "EscalationRace.WhatWas*"),
    "failed_commit_keeps_its_timers": ("world_tests", "EscalationRace.WhatWas*"),
    "first_refusal_stops_all": ("contract_tests", "GatewayMany.EachTask*"),
    "pending_wakes_nobody": ("world_tests", "Escalating.WhatIsPending*"),
    "overdue_wakes_nobody": ("world_tests", "Escalating.WhatIsOverdue*"),
    "overdue_becomes_a_deadline": ("world_tests", "PoliciesChange.WhatIsOverdue*"),
    "quiet_hours_that_end_are_not_seen": ("world_tests", "PoliciesChange.TheEnd*"),
    "taken_again_and_held_on": ("world_tests", "DeliveryPromises.OnceTheRelay*"),
    "suppression_is_told_twice": ("world_tests", "Delivery.AMailbox*"),
    # backups, restores, exports
    "manifest_leads_out": ("core_tests", "Manifest.*"),
    "keeps_few_of_all": ("core_tests", "BackupChoice.*"),
    "log_stays_long": ("adapter_tests", "SqliteEngineTest.TheLog*"),
    "backup_without_a_snapshot": ("adapter_tests", "DatabaseCopyTest.*"),
    "backup_copies_mails_first": (FAULT / "backup_test.py", "each_restores_to_a_whole_installation"),
    "backup_not_flushed": (FAULT / "backup_faults_test.py", "what_is_flushed_has_its_name"),
    "two_backups_at_once": (FAULT / "backup_faults_test.py", "a_second_one_waits_its_turn"),
    "shared_is_believed": (FAULT / "backup_damage_test.py", "a_damaged_backup_is_not_shared"),
    "backup_believes_its_mails": (FAULT / "backup_damage_test.py", "a_damaged_mail_is_told_and_pushes_nothing_out"),
    "folders_beside_are_not_seen": (FAULT / "backup_faults_test.py", "damage_is_found"),
    "backups_are_moved_aside": (FAULT / "backup_faults_test.py", "refused_and_nothing_happened"),
    "manifest_names_anything": ("core_tests", "Manifest.*"),
    "lock_of_what_stood_there": ("adapter_tests", "FileLockTest.*"),
    "undecided_goes_out_twice": ("contract_tests", "*OlderThanTheRestore*"),
    "held_task_escalates": ("contract_tests", "*OlderThanTheRestore*"),
    "retry_frees_what_is_held": ("contract_tests", "*LineageStoreContract*"),
    "loser_is_told_nothing": ("contract_tests", "GatewayRestored.WhoComes*"),
    "asked_again_is_recallable": ("contract_tests", "AnswerBack.AskedAgain*"),
    "exported_cells_are_live": (E2E / "export_test.py", "a_table_of_all_tasks"),
    # logins, once more
    "device_of_another_login_counts": ("contract_tests", "GatewayLogin.AKnownBrowser*"),
    "device_never_ends": ("contract_tests", "GatewayLogin.AKnownBrowser*"),
    "disabled_meanwhile_gets_in": ("contract_tests", "GatewayLogin.WhoIsDisabled*"),
    "password_that_waited_stays_counted": ("service_tests", "PasswordWork.*"),
    "teams_address_becomes_an_accounts": ("contract_tests", "PeopleService.*"),
}
# Two tests for one bug: what the first finds by chance of a moment, the second finds by the order of system calls, or of answers.
MORE = [("ack_before_commit", FAULT / "durable_order_test.py")]


def declared():
    """The bugs that stand in the source: each must be in the table, and each of the table there."""
    found = set()
    for path in [*(ROOT / "src").rglob("*.cpp"), *(ROOT / "src").rglob("*_round.h")]:  # which is part of one of them
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
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, errors="replace", timeout=LONGEST)
    except subprocess.TimeoutExpired:  # ctest would end it, and call it red
        return 1, name, f"FAILED  still at it after {LONGEST} s"
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
