#include "compiler/diagnostics/diagnostic.h"

#include <algorithm>
#include <cctype>
#include <tuple>

namespace cambium {

std::optional<Code> findCode(std::string_view name) {
  const auto same = [&](std::string_view other) {
    return std::equal(name.begin(), name.end(), other.begin(), other.end(), [](char a, char b) {
      return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
    });
  };
  for (size_t i = 0; i + 1 < std::size(kCodes); ++i)
    if (same(kCodes[i].name)) return static_cast<Code>(i);
  return std::nullopt;
}

Diagnostic& DiagnosticSink::add(Diagnostic d) {
  if (d.severity == Severity::error) ++errors_;
  all_.push_back(std::move(d));
  return all_.back();
}

void DiagnosticSink::append(const DiagnosticSink& other) {
  for (const Diagnostic& d : other.all_) add(d);
}

std::vector<Diagnostic> DiagnosticSink::sorted() const {
  std::vector<Diagnostic> result = all_;
  const auto key = [](const Diagnostic& d) {
    return std::tuple(d.span.file, d.span.begin, d.span.end, d.code);
  };
  std::stable_sort(result.begin(), result.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  const auto same = [&](const Diagnostic& a, const Diagnostic& b) {
    return key(a) == key(b) && a.message == b.message;
  };
  result.erase(std::unique(result.begin(), result.end(), same), result.end());
  return result;
}

}  // namespace cambium
