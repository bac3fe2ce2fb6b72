#include "cli/options.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "compiler/diagnostics/suggest.h"

namespace cambium::cli {

namespace {

class Parser {
public:
  Parser(std::span<const std::string> words, std::span<const Command> commands,
         std::span<const Flag> globals)
      : words_(words), commands_(commands), globals_(globals) {}

  Result<Invocation, UsageError> run() {
    // The command is found first, because a flag before it may be one of its own.
    bool onlyArguments = false;
    for (; next_ < words_.size(); ++next_) {
      const std::string& word = words_[next_];
      bool good = true;
      if (onlyArguments || word == "-" || !word.starts_with("-"))
        good = argument(word);
      else if (word == "--")
        onlyArguments = true;
      else if (word.starts_with("--"))
        good = longFlag(word);
      else
        good = shortFlags(word);
      if (!good) return Failure{error_};
    }
    if (!checkArguments()) return Failure{error_};
    return invocation_;
  }

private:
  bool fail(std::string message, std::string help = "") {
    error_ = {std::move(message), std::move(help)};
    return false;
  }
  std::string helpCommand() const {
    return invocation_.command ? fmt::format("see `cambium help {}`", invocation_.command->name)
                               : "see `cambium help`";
  }

  bool argument(const std::string& word) {
    if (invocation_.command) {
      invocation_.arguments.push_back(word);
      return true;
    }
    for (const Command& command : commands_)
      if (command.name == word) {
        invocation_.command = &command;
        return true;
      }
    const auto near = suggestions(word, commandNames(commands_));
    return fail(fmt::format("there is no command `{}`", word),
                near.empty() ? helpCommand() : didYouMean(near));
  }

  std::vector<const Flag*> known() const {
    std::vector<const Flag*> all;
    if (invocation_.command)
      for (const Flag& flag : invocation_.command->flags) all.push_back(&flag);
    for (const Flag& flag : globals_) all.push_back(&flag);
    return all;
  }

  bool longFlag(const std::string& word) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    for (const Flag* flag : known())
      if (flag->name == name) {
        if (equals == std::string::npos) return take(*flag, nullptr, "--" + name);
        const std::string value = word.substr(equals + 1);
        return take(*flag, &value, "--" + name);
      }
    std::vector<std::string_view> names;
    for (const Flag* flag : known()) names.push_back(flag->name);
    auto near = suggestions(name, names);
    for (std::string& candidate : near) candidate = "--" + candidate;
    const std::string who =
        invocation_.command ? fmt::format("`{}` has", invocation_.command->name) : "there is";
    return fail(fmt::format("{} no flag `--{}`", who, name),
                near.empty() ? helpCommand() : didYouMean(near));
  }

  bool shortFlags(const std::string& word) {
    for (size_t i = 1; i < word.size(); ++i) {
      const auto all = known();
      const auto found =
          std::ranges::find_if(all, [&](const Flag* flag) { return flag->letter == word[i]; });
      if (found == all.end()) {
        const std::string who =
            invocation_.command ? fmt::format("`{}` has", invocation_.command->name) : "there is";
        return fail(fmt::format("{} no flag `-{}`", who, word[i]), helpCommand());
      }
      const std::string shown = fmt::format("-{}", word[i]);
      if ((*found)->value.empty()) {
        if (!take(**found, nullptr, shown)) return false;
        continue;
      }
      if (i + 1 == word.size()) return take(**found, nullptr, shown);
      const std::string value = word.substr(word[i + 1] == '=' ? i + 2 : i + 1);
      return take(**found, &value, shown);
    }
    return true;
  }

  // `value`: written with the flag itself; null = the next word, if the flag wants one.
  bool take(const Flag& flag, const std::string* value, const std::string& shown) {
    auto& values = invocation_.flags[std::string(flag.name)];
    if (flag.value.empty()) {
      if (value) return fail(fmt::format("`{}` takes no value", shown), helpCommand());
      if (values.empty()) values.emplace_back();
      return true;
    }
    if (!value) {
      if (next_ + 1 >= words_.size())
        return fail(fmt::format("`{}` wants a value: {}", shown, flag.value), helpCommand());
      value = &words_[++next_];
    }
    if (!values.empty() && !flag.repeatable) return fail(fmt::format("`{}` is given twice", shown));
    if (!flag.choices.empty() && !isChoice(flag, *value)) return false;
    values.push_back(*value);
    return true;
  }

  bool isChoice(const Flag& flag, const std::string& value) {
    std::vector<std::string_view> choices;
    for (size_t at = 0; at <= flag.choices.size();) {
      const size_t end = std::min(flag.choices.find('|', at), flag.choices.size());
      choices.push_back(flag.choices.substr(at, end - at));
      at = end + 1;
    }
    if (std::ranges::find(choices, std::string_view(value)) != choices.end()) return true;
    std::string list;
    for (size_t i = 0; i < choices.size(); ++i)
      list += fmt::format("{}`{}`",
                          i == 0                    ? ""
                          : i + 1 == choices.size() ? " or "
                                                    : ", ",
                          choices[i]);
    const auto near = suggestions(value, choices);
    return fail(fmt::format("`{}` is no value of `--{}`", value, flag.name),
                near.empty() ? "it is " + list : didYouMean(near));
  }

  bool checkArguments() {
    const Command* command = invocation_.command;
    if (!command || invocation_.has("help")) return true;
    const size_t count = invocation_.arguments.size();
    if (count > command->maximum)
      return fail(fmt::format("`{}` is one argument too many for `{}`",
                              invocation_.arguments[command->maximum], command->name),
                  helpCommand());
    if (count < command->minimum)
      return fail(fmt::format("`{}` wants {}", command->name, command->arguments), helpCommand());
    const std::string format = invocation_.value("format", "text");
    const std::string formats = fmt::format("|{}|", command->formats);
    if (formats.find("|" + format + "|") == std::string::npos) {
      std::string list(command->formats);
      for (size_t at = list.find('|'); at != std::string::npos; at = list.find('|'))
        list.replace(at, 1, ", ");
      return fail(fmt::format("`{}` has no {} form", command->name, format), "it has " + list);
    }
    return true;
  }

  std::span<const std::string> words_;
  std::span<const Command> commands_;
  std::span<const Flag> globals_;
  Invocation invocation_;
  UsageError error_;
  size_t next_ = 0;
};

}  // namespace

std::string Invocation::value(std::string_view flag, const std::string& otherwise) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? otherwise : found->second.back();
}

std::vector<std::string> Invocation::values(std::string_view flag) const {
  std::vector<std::string> all;
  const auto found = flags.find(flag);
  if (found == flags.end()) return all;
  for (const std::string& list : found->second)
    for (size_t at = 0; at <= list.size();) {
      const size_t end = std::min(list.find(',', at), list.size());
      if (end > at) all.push_back(list.substr(at, end - at));
      at = end + 1;
    }
  return all;
}

std::vector<std::string_view> commandNames(std::span<const Command> commands) {
  std::vector<std::string_view> names;
  for (const Command& command : commands) names.push_back(command.name);
  return names;
}

Result<Invocation, UsageError> parseCommandLine(std::span<const std::string> words,
                                                std::span<const Command> commands,
                                                std::span<const Flag> globals) {
  return Parser(words, commands, globals).run();
}

}  // namespace cambium::cli
