// Help texts, made from the table of commands.
#include <fmt/core.h>

#include <array>

#include "cli/commands.h"
#include "cli/outcome.h"

namespace cambium::cli {

namespace {

constexpr std::array<std::string_view, 3> kTopics = {"exit-codes", "environment", "formats"};

std::string title(std::string_view text, bool color) {
  return color ? fmt::format("\033[1m{}\033[0m\n", text) : fmt::format("{}\n", text);
}

std::string flagLine(const Flag& flag) {
  const std::string left =
      fmt::format("{}--{}{}{}", flag.letter ? fmt::format("-{}, ", flag.letter) : "    ", flag.name,
                  flag.value.empty() ? "" : " ", flag.value);
  std::string choices;
  if (!flag.choices.empty()) {
    choices = ": ";
    for (const char ch : flag.choices)
      choices += ch == '|' ? std::string(", ") : std::string(1, ch);
  }
  return fmt::format("  {:<24} {}{}\n", left, flag.help, choices);
}

}  // namespace

std::span<const std::string_view> helpTopics() {
  return kTopics;
}

std::string overviewHelp(bool color) {
  std::string out = "cambium lets data models grow while applications run\n\n";
  out += title("usage", color) + "  cambium COMMAND [ARGUMENTS] [FLAGS]\n\n" +
         title("commands", color);
  for (const Command& command : commands())
    out += fmt::format("  {:<9} {:<16} {}\n", command.name, command.arguments, command.summary);
  out += "\n" + title("flags of every command", color);
  for (const Flag& flag : globalFlags()) out += flagLine(flag);
  out += "\n" + title("more", color) + "  cambium help COMMAND";
  for (const std::string_view topic : kTopics) out += fmt::format("\n  cambium help {}", topic);
  return out + "\n";
}

std::string commandHelp(const Command& command, bool color) {
  std::string out = fmt::format("cambium {}: {}\n\n", command.name, command.summary);
  out +=
      title("usage", color) + fmt::format("  cambium {}{}{} [FLAGS]\n\n", command.name,
                                          command.arguments.empty() ? "" : " ", command.arguments);
  if (!command.details.empty()) out += fmt::format("{}\n\n", command.details);
  if (!command.flags.empty()) {
    out += title("flags", color);
    for (const Flag& flag : command.flags) out += flagLine(flag);
    out += "\n";
  }
  if (!command.examples.empty()) {
    out += title("examples", color);
    for (const std::string_view example : command.examples) out += fmt::format("  {}\n", example);
    out += "\n";
  }
  return out + "Flags of every command: `cambium help`.\n";
}

std::string topicHelp(std::string_view topic) {
  if (topic == "exit-codes") {
    std::string out = "Exit codes; the word is `outcome` in JSON.\n\n";
    for (const OutcomeInfo& row : kOutcomes)
      out += fmt::format("  {:>3}  {:<13} {}\n", row.code, row.word, row.meaning);
    return out +
           "  130, 141, 143         ended by Ctrl-C, by a closed pipe, by a termination signal\n";
  }
  if (topic == "environment")
    return "Variables that the tool reads.\n\n"
           "  NO_COLOR              no colours\n"
           "  FORCE_COLOR           colours, also into a pipe (0: none)\n"
           "  TERM                  `dumb`: no colours, no redrawn progress\n"
           "  COLUMNS               width of the output\n"
           "  CAMBIUM_PLUGIN_PATH   folders with database plugins, before the tool's own; "
           "separated by colons\n"
           "\nAnd those that the package names: `url env(\"SHOP_DEV_URL\", \"…\")` reads "
           "SHOP_DEV_URL. A password belongs there,\n"
           "never into a model; it appears in no output, plan or record.\n";
  if (topic == "formats")
    return "Forms of results (--format). Results are on stdout, everything else is on stderr.\n\n"
           "  text       for people (default)\n"
           "  json       one object: outcome, exit, diagnostics, and what the command found\n"
           "  jsonl      one object a line, as it happens: diagnostics, events of a run, and at "
           "the end the outcome\n"
           "  markdown   for a pull request (plan, diff, drift)\n"
           "\nFiles: `versions/*.json` are sealed models, plan files hold a plan with its digest; "
           "both say which form they have.\n";
  return "";
}

}  // namespace cambium::cli
