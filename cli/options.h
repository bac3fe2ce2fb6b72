// cli/options.h: a command line against the table of commands. Pure: nothing is printed or executed
// here.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/outcome.h"
#include "compiler/base/result.h"

namespace cambium::cli {

class Context;

struct Flag {
  std::string_view name;   // "env"
  char letter = 0;         // 'e'; 0 = none
  std::string_view value;  // "NAME"; empty = a switch
  std::string_view help;
  std::string_view choices;  // "auto|always|never"; empty = any text
  bool repeatable = false;
};

// One row of the table: help, completions and suggestions come from it.
struct Command {
  std::string_view name;
  std::string_view arguments;  // "[FILES]"
  std::string_view summary;
  std::string_view details;           // paragraphs for its help
  unsigned minimum = 0, maximum = 0;  // number of arguments
  std::vector<Flag> flags;            // of its own
  std::string_view formats;           // what --format may be for it: "text|json|jsonl|markdown"
  std::vector<std::string_view> examples;
  Outcome (*run)(Context&) = nullptr;
};

struct Invocation {
  const Command* command = nullptr;  // null: none was named
  std::vector<std::string> arguments;
  std::map<std::string, std::vector<std::string>, std::less<>>
      flags;  // switches have one empty value

  bool has(std::string_view flag) const { return flags.contains(flag); }
  std::string value(std::string_view flag, const std::string& otherwise = "") const;
  // Of a repeatable flag; a comma separates values too.
  std::vector<std::string> values(std::string_view flag) const;
};

struct UsageError {
  std::string message;
  std::string help;  // "" = none
};

// In: the words after the program's name. Global flags may stand before and after the command; `--`
// ends flags.
Result<Invocation, UsageError> parseCommandLine(std::span<const std::string> words,
                                                std::span<const Command> commands,
                                                std::span<const Flag> globals);

// "commands", "flags": the names that exist, for suggestions.
std::vector<std::string_view> commandNames(std::span<const Command> commands);

}  // namespace cambium::cli
