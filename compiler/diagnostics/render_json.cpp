// The machine's forms: JSON lines, and the one-line form of compilers.
#include "compiler/diagnostics/place.h"
#include "compiler/diagnostics/render.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace cambium {

namespace {

using llvm::json::OStream;

const char* severityName(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

const char* safetyName(FixSafety safety) {
  switch (safety) {
    case FixSafety::safe: return "safe";
    case FixSafety::review: return "review";
    case FixSafety::placeholder: return "placeholder";
  }
  return "";
}

// Names and messages quote what users wrote, which need not be UTF-8.
void text(OStream& out, llvm::StringRef key, const std::string& value) {
  out.attribute(key, llvm::json::fixUTF8(value));
}

void place(OStream& out, llvm::StringRef key, const SourceFile& file, uint32_t offset) {
  const Place at = placeOf(file, offset);
  out.attributeObject(key, [&] {
    out.attribute("line", at.line);
    out.attribute("column", at.column);
    out.attribute("byte", at.byte);
  });
}

void location(OStream& out, const SourceMap& sources, Span span) {
  if (!span) return;
  const SourceFile& file = sources[span.file];
  text(out, "file", file.name());
  out.attributeObject("range", [&] {
    place(out, "start", file, span.begin);
    place(out, "end", file, span.end);
  });
}

void texts(OStream& out, llvm::StringRef key, const std::vector<std::string>& values) {
  out.attributeArray(key, [&] {
    for (const std::string& value : values) out.value(llvm::json::fixUTF8(value));
  });
}

void diagnostic(OStream& out, const Diagnostic& d, const SourceMap& sources) {
  out.object([&] {
    out.attribute("type", "diagnostic");
    out.attribute("code", llvm::StringRef(info(d.code).name));
    out.attribute("title", llvm::StringRef(info(d.code).title));
    out.attribute("severity", severityName(d.severity));
    text(out, "message", d.message);
    location(out, sources, d.span);
    if (!d.spanText.empty()) text(out, "under", d.spanText);
    out.attributeArray("labels", [&] {
      for (const Label& label : d.labels)
        out.object([&] {
          location(out, sources, label.span);
          text(out, "text", label.text);
        });
    });
    texts(out, "notes", d.notes);
    texts(out, "helps", d.helps);
    out.attributeArray("fixes", [&] {
      for (const FixIt& fix : d.fixes)
        out.object([&] {
          text(out, "title", fix.title);
          out.attribute("safety", safetyName(fix.safety));
          out.attributeArray("edits", [&] {
            for (const Edit& edit : fix.edits)
              out.object([&] {
                location(out, sources, edit.span);
                text(out, "replacement", edit.replacement);
              });
          });
        });
    });
  });
}

}  // namespace

std::string renderJsonLines(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources) {
  std::string result;
  llvm::raw_string_ostream stream(result);
  for (const Diagnostic& d : diagnostics) {
    OStream out(stream);
    diagnostic(out, d, sources);
    stream << '\n';
  }
  return result;
}

std::string renderBrief(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources) {
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    if (d.span) out += placeText(sources, d.span) + ": ";
    out += fmt::format("{}[{}]: {}\n", severityName(d.severity), info(d.code).name, d.message);
    for (const Label& label : d.labels)
      out +=
          fmt::format("  {}: {}\n", label.span ? placeText(sources, label.span) : "-", label.text);
    for (const std::string& note : d.notes) out += fmt::format("  note: {}\n", note);
    for (const std::string& help : d.helps) out += fmt::format("  help: {}\n", help);
    for (const FixIt& fix : d.fixes)
      out += fmt::format("  fix ({}): {}\n", safetyName(fix.safety), fix.title);
  }
  return out;
}

}  // namespace cambium
