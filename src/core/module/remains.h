#pragma once
#include <map>
#include <string>

#include "core/module/manifest.h"
#include "core/module/module.h"
#include "core/rules/rule_set.h"
#include "core/workplace/workplace.h"

namespace orgo::modules {

/// What a module that is not in force any more (removed, disabled, or an older version) leaves for the tasks that it
/// has opened: the answers that they still have to send, and the calendars, service levels, teams and rotas by which
/// their deadlines are computed and their chains reach somebody.
struct Remains {
  std::string name;
  std::map<std::string, MailTemplate> templates;
  Workplace workplace;
  std::map<std::string, Contact> contacts;
};

/// Reads what can be read. Errors bother nobody any more: such a module was without any when it came into force, and a
/// newer Orgo, which may see it in another way, shall not lose the rest for it. Modules that it needs don't have to be
/// there.
Remains read_remains(const ModuleSource& source);

}  // namespace orgo::modules
