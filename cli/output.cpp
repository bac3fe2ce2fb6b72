#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace cambium::cli {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

unsigned widthOf(int fd) {
  constexpr unsigned kDefault = 100, kLeast = 40, kMost = 500;
  unsigned width = kDefault;
  winsize size{};
  if (::isatty(fd) && ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) width = size.ws_col;
  if (const auto columns = variable("COLUMNS"); !columns.empty())
    if (const long given = std::strtol(columns.data(), nullptr, 10); given > 0)
      width = static_cast<unsigned>(std::min(given, 1000L));
  return std::clamp(width, kLeast, kMost);
}

Look lookOf(int fd, const Invocation& invocation) {
  Look look;
  look.terminal = ::isatty(fd);
  look.ascii = invocation.has("ascii");
  look.width = widthOf(fd);
  look.bounded = look.terminal || !variable("COLUMNS").empty();
  const std::string wish = invocation.value("color", "auto");
  const auto forced = variable("FORCE_COLOR");
  if (wish != "auto")
    look.color = wish == "always";
  else if (!variable("NO_COLOR").empty())
    look.color = false;
  else if (!forced.empty())
    look.color = forced != "0";
  else
    look.color = look.terminal && variable("TERM") != "dumb";
  return look;
}

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace

std::string jsonText(std::string_view text) {
  std::string out;
  llvm::raw_string_ostream stream(out);
  stream << llvm::json::Value(llvm::json::fixUTF8(llvm::StringRef(text.data(), text.size())));
  return out;
}

std::string jsonArray(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? "," : "") + value;
  return out + "]";
}

std::string jsonTexts(const std::vector<std::string>& texts) {
  std::vector<std::string> values;
  for (const std::string& text : texts) values.push_back(jsonText(text));
  return jsonArray(values);
}

Output::Output(const Invocation& invocation) {
  const std::string format = invocation.value("format", "text");
  if (format == "json") format_ = Format::json;
  if (format == "jsonl") format_ = Format::jsonl;
  if (format == "markdown") format_ = Format::markdown;
  quiet_ = invocation.has("quiet");
  verbose_ = invocation.has("verbose");
  out_ = lookOf(STDOUT_FILENO, invocation);
  err_ = lookOf(STDERR_FILENO, invocation);
}

void Output::raw(std::string_view text) {
  write(stdout, text);
}

void Output::print(std::string_view text) {
  if (isText()) write(stdout, text);
}

void Output::complain(std::string_view text) {
  std::fflush(stdout);  // in the order in which it was said, where both end in one terminal
  write(stderr, text);
  if (text.empty() || text.back() != '\n') write(stderr, "\n");
}

void Output::say(std::string_view text) {
  if (!quiet_) complain(text);
}

void Output::draw(std::string_view text) {
  std::fflush(stdout);
  write(stderr, text);
  std::fflush(stderr);
}

void Output::event(std::string_view line) {
  if (format_ != Format::jsonl) return;
  write(stdout, line);
  if (line.empty() || line.back() != '\n') write(stdout, "\n");
  std::fflush(stdout);
}

void Output::field(std::string name, std::string json) {
  for (auto& [known, value] : fields_)
    if (known == name) return void(value = std::move(json));
  fields_.emplace_back(std::move(name), std::move(json));
}

void Output::textField(std::string name, std::string_view text) {
  field(std::move(name), jsonText(text));
}

void Output::diagnostics(const std::vector<Diagnostic>& all, const SourceMap& sources,
                         bool asResult) {
  if (all.empty()) return;
  if (format_ == Format::jsonl) return event(renderJsonLines(all, sources));
  if (format_ == Format::json) {
    const std::string lines = renderJsonLines(all, sources);
    for (size_t at = 0; at < lines.size();) {
      const size_t end = lines.find('\n', at);
      diagnostics_.push_back(lines.substr(at, end - at));
      at = end + 1;
    }
    return;
  }
  const Look& look = asResult ? out_ : err_;
  RenderOptions options;
  options.color = look.color;
  options.ascii = look.ascii;
  options.width = look.width;
  const std::string text = renderText(all, sources, options);
  if (asResult)
    print(text);
  else
    complain(text);
}

int Output::finish(Outcome outcome) {
  const OutcomeInfo& how = info(outcome);
  if (!isText()) {
    std::string object = "{";
    if (format_ == Format::jsonl) object += "\"type\":\"outcome\",";
    object += "\"outcome\":" + jsonText(how.word) + ",\"exit\":" + std::to_string(how.code);
    if (format_ == Format::json) object += ",\"diagnostics\":" + jsonArray(diagnostics_);
    for (const auto& [name, json] : fields_) object += "," + jsonText(name) + ":" + json;
    write(stdout, object + "}\n");
  }
  std::fflush(stderr);
  errno = 0;
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
    write(stderr, "error: the output cannot be written\n");
    if (outcome == Outcome::ok) return info(Outcome::failed).code;
  }
  return how.code;
}

}  // namespace cambium::cli
