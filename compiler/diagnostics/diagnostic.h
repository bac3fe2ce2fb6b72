// diagnostics/diagnostic.h: a diagnostic is a value; text, JSON (and later SARIF and LSP) are
// renderers of it. Report one with
//   sink.add(report<Code::REF001>(span, name).label(other, "declared here").help("did you mean
//   …?"));
// The arguments are checked against the message in diagnostics.def at compile time.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"

namespace cambium {

enum class Severity : uint8_t { error, warning };

enum class Code : uint16_t {
#define DIAGNOSTIC(code, severity, message, title) code,
#include "compiler/diagnostics/diagnostics.def"
#undef DIAGNOSTIC
};

struct CodeInfo {
  std::string_view name;  // "REF001"
  Severity severity;
  std::string_view message;  // fmt format string
  std::string_view title;
};

inline constexpr CodeInfo kCodes[] = {
#define DIAGNOSTIC(code, severity, message, title) {#code, Severity::severity, message, title},
#include "compiler/diagnostics/diagnostics.def"
#undef DIAGNOSTIC
    {"", Severity::error, "", ""},  // keeps the array non-empty
};

constexpr const CodeInfo& info(Code code) {
  return kCodes[static_cast<size_t>(code)];
}
// The code of that name ("REF001", any case), if there is one.
std::optional<Code> findCode(std::string_view name);

struct Label {
  Span span;
  std::string text;
};

// How sure we are that applying the fix gives what the user meant.
enum class FixSafety : uint8_t { safe, review, placeholder };

struct Edit {
  Span span;  // replaced bytes; empty = insertion
  std::string replacement;
};

struct FixIt {
  std::string title;
  FixSafety safety = FixSafety::safe;
  std::vector<Edit> edits;
};

struct Diagnostic {
  Code code{};
  Severity severity = Severity::error;
  std::string message;
  Span span;             // the smallest wrong token; invalid = about no file
  std::string spanText;  // what stands under the carets ("no entity with this name"), may be empty
  std::vector<Label> labels;       // other places
  std::vector<std::string> notes;  // why
  std::vector<std::string> helps;  // what to do
  std::vector<FixIt> fixes;

  // Builders, to be chained.
  Diagnostic& under(std::string text) & {
    spanText = std::move(text);
    return *this;
  }
  Diagnostic& label(Span at, std::string text) & {
    labels.push_back({at, std::move(text)});
    return *this;
  }
  Diagnostic& note(std::string text) & {
    notes.push_back(std::move(text));
    return *this;
  }
  Diagnostic& help(std::string text) & {
    helps.push_back(std::move(text));
    return *this;
  }
  Diagnostic& fix(FixIt f) & {
    fixes.push_back(std::move(f));
    return *this;
  }
  Diagnostic&& under(std::string text) && { return std::move(under(std::move(text))); }
  Diagnostic&& label(Span at, std::string text) && { return std::move(label(at, std::move(text))); }
  Diagnostic&& note(std::string text) && { return std::move(note(std::move(text))); }
  Diagnostic&& help(std::string text) && { return std::move(help(std::move(text))); }
  Diagnostic&& fix(FixIt f) && { return std::move(fix(std::move(f))); }
};

template <Code C, class... Args>
Diagnostic report(Span span, const Args&... args) {
  constexpr std::string_view message = info(C).message;
  Diagnostic d;
  d.code = C;
  d.severity = info(C).severity;
  d.message = fmt::format(fmt::format_string<const Args&...>(message), args...);
  d.span = span;
  return d;
}

// Collects diagnostics in the order found; `sorted()` is the order shown.
class DiagnosticSink {
public:
  // Returns the stored diagnostic, so that a caller may add to it until the next add().
  Diagnostic& add(Diagnostic d);
  bool hasErrors() const { return errors_ > 0; }
  size_t errorCount() const { return errors_; }
  size_t warningCount() const { return all_.size() - errors_; }
  bool empty() const { return all_.empty(); }
  const std::vector<Diagnostic>& all() const { return all_; }
  // By file, place and code; identical diagnostics (code, span, message) once.
  std::vector<Diagnostic> sorted() const;
  void append(const DiagnosticSink& other);

private:
  std::vector<Diagnostic> all_;
  size_t errors_ = 0;
};

}  // namespace cambium
