// cli/commands.h: the commands (commands/<verb>.cpp) and the one table of them.
#pragma once

#include <span>

#include "cli/options.h"

namespace cambium::cli {

Outcome runInit(Context&);
Outcome runCheck(Context&);
Outcome runFmt(Context&);
Outcome runBuild(Context&);
Outcome runSeal(Context&);
Outcome runDiff(Context&);
Outcome runPlan(Context&);
Outcome runApply(Context&);
Outcome runStatus(Context&);
Outcome runUndo(Context&);
Outcome runRollback(Context&);
Outcome runKept(Context&);
Outcome runPurge(Context&);
Outcome runResume(Context&);
Outcome runPull(Context&);
Outcome runImport(Context&);
Outcome runAdopt(Context&);
Outcome runDrift(Context&);
Outcome runExplain(Context&);
Outcome runHelp(Context&);
Outcome runVersion(Context&);

// THE table of commands (command_table.cpp).
std::span<const Command> commands();
std::span<const Flag> globalFlags();

// The help of one command, a topic, or ("") of all.
std::string overviewHelp(bool color);
std::string commandHelp(const Command&, bool color);
// exit-codes, environment, formats; "" = no such topic.
std::string topicHelp(std::string_view topic);
std::span<const std::string_view> helpTopics();

}  // namespace cambium::cli
