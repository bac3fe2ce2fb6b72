// cli/output.h: where a command's words go. Results go to stdout, everything else to stderr; in the
// forms for machines stdout holds JSON alone.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "cli/outcome.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diagnostics/render.h"

namespace cambium::cli {

enum class Format : uint8_t { text, json, jsonl, markdown };

// What a stream can show.
struct Look {
  bool terminal = false;
  bool color = false;
  bool ascii = false;
  unsigned width = 100;
  bool bounded = false;  // somebody sees lines of that width: a terminal, or COLUMNS says so
};

class Output {
public:
  // From the flags and the environment (NO_COLOR, FORCE_COLOR, TERM, COLUMNS).
  explicit Output(const Invocation&);

  Format format() const { return format_; }
  bool isText() const { return format_ == Format::text || format_ == Format::markdown; }
  bool quiet() const { return quiet_; }
  bool verbose() const { return verbose_; }
  const Look& out() const { return out_; }
  const Look& err() const { return err_; }

  // The result, for people; says nothing in the forms for machines.
  void print(std::string_view text);
  // The result, whatever the form (a whole document, a page).
  void raw(std::string_view text);
  // A remark to a person, a line: stderr, unless -q.
  void say(std::string_view text);
  // The same, also with -q.
  void complain(std::string_view text);
  // Raw bytes to stderr (progress).
  void draw(std::string_view text);
  // jsonl: one line now.
  void event(std::string_view line);
  // json and jsonl: a field of the final object; `json` is a whole value. What is said again takes
  // the place of what was.
  void field(std::string name, std::string json);
  void textField(std::string name, std::string_view text);
  // `asResult`: to stdout (for `check`), else to stderr.
  void diagnostics(const std::vector<Diagnostic>&, const SourceMap&, bool asResult = false);

  // Ends the output; returns the exit code (1 where stdout could not be written).
  int finish(Outcome);

private:
  Format format_ = Format::text;
  bool quiet_ = false, verbose_ = false;
  Look out_, err_;
  std::vector<std::pair<std::string, std::string>> fields_;
  std::vector<std::string> diagnostics_;
};

// A JSON string, quotes included.
std::string jsonText(std::string_view text);
// A JSON array of strings.
std::string jsonTexts(const std::vector<std::string>& texts);
// A JSON array of values.
std::string jsonArray(const std::vector<std::string>& values);

}  // namespace cambium::cli
