// The program: reads the command line against the table of commands, runs the command, says how it
// ended.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/package.h"

namespace cambium::cli {

namespace {

bool asksVersion(const Invocation& invocation) {
  return invocation.has("version") && invocation.value("version").empty();
}

Outcome run(Context& context) {
  const Invocation& invocation = context.invocation;
  // A command may have a flag --version V of its own.
  if (asksVersion(invocation)) return runVersion(context);
  if (!invocation.command) {
    context.out.raw(overviewHelp(context.out.out().color));
    return Outcome::ok;
  }
  if (invocation.has("help")) {
    context.out.raw(commandHelp(*invocation.command, context.out.out().color));
    return Outcome::ok;
  }
  if (const std::string folder = invocation.value("directory");
      !folder.empty() && ::chdir(folder.c_str()) != 0)
    return context.usage(fmt::format("`{}` cannot be entered: {}", folder, std::strerror(errno)));
  const Outcome outcome = invocation.command->run(context);
  if (invocation.has("time-passes")) context.showTimes();
  return outcome;
}

int start(const std::vector<std::string>& words) {
  const auto invocation = parseCommandLine(words, commands(), globalFlags());
  if (!invocation) {
    // The form that was asked for may be what is wrong: the message is for people, and for machines
    // only if that much is sure.
    Invocation plain;
    for (size_t i = 0; i < words.size(); ++i) {
      if (words[i].starts_with("--format=json")) plain.flags["format"] = {words[i].substr(9)};
      if (words[i] == "--format" && i + 1 < words.size() && words[i + 1].starts_with("json"))
        plain.flags["format"] = {words[i + 1]};
    }
    Output out(plain);
    Context context(plain, out);
    return out.finish(context.usage(invocation.error().message, invocation.error().help));
  }
  const bool plainHelp =
      invocation->has("help") || asksVersion(*invocation) || !invocation->command;
  Invocation shown = *invocation;
  if (plainHelp) shown.flags.erase("format");
  Output out(shown);
  Context context(shown, out);
  return out.finish(run(context));
}

}  // namespace

}  // namespace cambium::cli

int main(int argc, char** argv) {
  using namespace cambium::cli;
  reportCrashes();
  const char* what = "of no known kind";
  std::string message;
  try {
    return start(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::bad_alloc&) {
    std::fputs("error: out of memory\n", stderr);
    return info(Outcome::failed).code;
  } catch (const std::exception& e) {
    message = withoutPasswords(e.what());
    what = message.c_str();
  } catch (...) {
  }
  std::fprintf(stderr,
               "%s: internal error: %s\nThis is a mistake in the tool: please report it. A run "
               "that was under way goes on with the same "
               "command; `cambium status` shows where it stands.\n",
               kToolVersion, what);
  return info(Outcome::internal).code;
}
