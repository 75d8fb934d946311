#pragma once
#include "app/command_line/syntax.h"

namespace orgo {

// Each adds one subcommand, with its options and help. A new one is declared here and joins the list in
// command_line.cpp.
void add_init(Command& root);
void add_serve(Command& root);
void add_parse(Command& root);
void add_import(Command& root);
void add_rules(Command& root);
void add_module(Command& root);
void add_task(Command& root);
void add_search(Command& root);
void add_trace(Command& root);
void add_ledger(Command& root);
void add_queue(Command& root);
void add_suppression(Command& root);
void add_user(Command& root);
void add_token(Command& root);
void add_tenant(Command& root);
void add_cluster(Command& root);
void add_mailbox(Command& root);
void add_config(Command& root);
void add_doctor(Command& root);
void add_backup(Command& root);
void add_move(Command& root);
void add_restore(Command& root);
void add_export(Command& root);
void add_bench(Command& root);
void add_calendar(Command& root);
void add_version(Command& root);

}  // namespace orgo
