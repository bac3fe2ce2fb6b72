#include "compiler/sema/approvals.h"

#include <algorithm>
#include <array>

namespace cambium::sema {

std::optional<ir::ApprovalKind> approvalOf(Context& c, const syntax::Name& word) {
  // At the place of the enumerator.
  static constexpr std::array<std::string_view, 4> kWords{"drop", "narrow", "expose", "protect"};
  if (!word) return std::nullopt;
  if (const auto found = std::ranges::find(kWords, word.text); found != kWords.end())
    return static_cast<ir::ApprovalKind>(found - kWords.begin());
  auto& d = c.add(report<Code::MIG014>(word.span, word.text));
  const std::vector<std::string_view> words(kWords.begin(), kWords.end());
  if (word.text == "delete" || word.text == "remove" || word.text == "lose")
    d.help("what goes is approved by `drop`")
        .fix({"write `drop`", FixSafety::review, {{word.span, "drop"}}});
  else if (suggestions(word.text, words).empty())
    d.help("approved are `drop`, `narrow`, `expose` and `protect`");
  else
    suggest(d, word.text, word.span, words);
  return std::nullopt;
}

}  // namespace cambium::sema
