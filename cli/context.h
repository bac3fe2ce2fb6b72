// cli/context.h: what every command gets: its command line, where its words go, and the few things
// that all of them do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/output.h"
#include "compiler/dialect/dialect.h"
#include "compiler/driver/pipeline.h"
#include "compiler/source/file_system.h"

namespace cambium::cli {

inline constexpr const char kToolVersion[] = "cambium " CAMBIUM_VERSION;

class Context {
public:
  Context(const Invocation& invocation, Output& out) : invocation(invocation), out(out) {}

  const Invocation& invocation;
  Output& out;
  const DiskFileSystem fs{"."};  // the process stands in the package's folder (-C)

  const dialect::Dialects& dialects();
  // As the flags --dump and the version of the tool say.
  driver::Options driverOptions();
  // Compiles the working folder; the result lives as long as this.
  driver::Compilation& compile(const driver::Options&);
  driver::Compilation& keep(std::unique_ptr<driver::Compilation>);

  // Shows what was found and says how the command ends for it: by its worst error, ok if there is
  // none.
  Outcome conclude(const driver::Compilation&, bool withWarnings = false, bool asResult = false);
  Outcome fail(Diagnostic, const SourceMap* = nullptr);
  // A wrong use of the command line that has no code of its own.
  Outcome usage(const std::string& message, const std::string& help = "");

  // A person is there to answer.
  bool canAsk() const;
  // Asks on the terminal; true = the answer is `expected`.
  bool ask(const std::string& question, const std::string& expected);

  void showTimes();

private:
  std::optional<dialect::Dialects> dialects_;
  std::vector<std::unique_ptr<driver::Compilation>> compilations_;
};

// How a command ends that found these.
Outcome outcomeOf(const std::vector<Diagnostic>&);

// ``label value`` painted if the stream has colours.
std::string bold(const Look&, std::string_view text);
std::string dim(const Look&, std::string_view text);
std::string colored(const Look&, std::string_view code, std::string_view text);
// "→" or "->"
std::string_view arrow(const Look&);
std::string_view dot(const Look&);
// "1 error", "2 errors"
std::string counted(size_t count, std::string_view one);
// "nothing" for the version of an empty database
std::string versionText(const std::string& version);

}  // namespace cambium::cli
