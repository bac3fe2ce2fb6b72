#include "compiler/format/printer.h"

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/format/format.h"

namespace cambium::format {

Printer::Printer(const syntax::SyntaxTree& tree, const SourceMap& sources)
    : tree_(tree), text_(sources[tree.file].text()) {
  skipped_.resize(tree.comments.size());
  if (tree.comments.empty()) return;
  for (const syntax::Expr& e : tree.exprs) {
    if (e.kind != syntax::ExprKind::json) continue;
    auto it = std::ranges::lower_bound(tree.comments, e.span.begin, {},
                                       [](const syntax::Comment& c) { return c.span.begin; });
    for (; it != tree.comments.end() && it->span.begin < e.span.end; ++it)
      skipped_[size_t(it - tree.comments.begin())] = true;
  }
}

std::string Printer::run() {
  std::vector<Element> all;
  if (tree_.package) all.push_back(element(*tree_.package));
  for (const auto& import : tree_.imports) {
    all.push_back(element(import));
    all.back().block = 1;
  }
  for (const auto& decl : tree_.decls) {
    all.push_back(std::visit([&](const auto& d) { return element(d); }, decl));
    all.back().block = 2;
    all.back().spaced = true;
  }
  writeList(all, false);
  commentsBefore(uint32_t(text_.size()) + 1);
  if (!out_.empty() && out_.back() != '\n') out_ += '\n';
  return std::move(out_);
}

// A new line at the margin; one blank line more if the source has any between what was written last
// and `sourceBegin`.
void Printer::startLine(uint32_t sourceBegin) {
  if (!out_.empty()) {
    out_ += '\n';
    const auto gap = sourceBegin > lastEnd_ ? text_.substr(lastEnd_, sourceBegin - lastEnd_)
                                            : std::string_view();
    size_t lineEnds = 0;
    bool blankLine = false;
    for (const char c : gap) {
      if (c == '\n')
        blankLine = blankLine || ++lineEnds > 1;
      else if (c != ' ' && c != '\t' && c != '\r' && c != '\f')
        lineEnds = 0;
    }
    if (blankLine && !first_) out_ += '\n';
  }
  first_ = false;
  out_.append(margin_, ' ');
}

std::string Printer::commentText(const syntax::Comment& c) const {
  std::string_view text = textOf(c.span);
  while (!text.empty() && uint8_t(text.back()) <= ' ') text.remove_suffix(1);
  // Three slashes that document nothing would document whatever comes to stand behind them.
  if (!c.block && text.size() > 2 && text[2] == '/' && (text.size() == 3 || text[3] != '/'))
    return "//" + std::string(text.substr(3));
  std::string out;
  for (const char ch : text)
    if (ch != '\r') out += ch;
  return out;
}

void Printer::commentsBefore(uint32_t end) {
  for (; comment_ < tree_.comments.size() && tree_.comments[comment_].span.begin < end;
       ++comment_) {
    if (skipped_[comment_]) continue;
    const syntax::Comment& c = tree_.comments[comment_];
    startLine(c.span.begin);
    out_ += commentText(c);
    lastEnd_ = std::max(lastEnd_, c.span.end);
  }
}

// Comments behind a JSON text that has comments itself, in the same element: behind the element, so
// that all stay in order. True if the line can take no more.
bool Printer::commentsInside(uint32_t end) {
  bool lineEnded = false;
  for (; comment_ < tree_.comments.size() && tree_.comments[comment_].span.begin < end;
       ++comment_) {
    if (skipped_[comment_]) continue;
    const syntax::Comment& c = tree_.comments[comment_];
    if (lineEnded)
      startLine(lastEnd_);
    else
      out_ += c.block ? " " : "  ";
    out_ += commentText(c);
    lineEnded = lineEnded || !c.block;
    lastEnd_ = std::max(lastEnd_, c.span.end);
  }
  return lineEnded;
}

void Printer::commentBehind(uint32_t end) {
  for (; comment_ < tree_.comments.size(); ++comment_) {
    const syntax::Comment& c = tree_.comments[comment_];
    if (skipped_[comment_]) {
      if (c.span.begin >= end) return;  // inside a JSON text that is still to be written
      continue;
    }
    if (c.ownLine || c.span.begin < end) return;
    const auto between = text_.substr(end, c.span.begin - end);
    if (between.find('\n') != std::string_view::npos) return;
    // Only what separates elements may stand between.
    if (between.find_first_not_of(" \t\r\f,") != std::string_view::npos) return;
    out_ += (c.block ? " " : "  ") + commentText(c);
    lastEnd_ = std::max(lastEnd_, c.span.end);
    end = c.span.end;
  }
}

bool Printer::hasComment(Span span) const {
  auto it = std::ranges::lower_bound(tree_.comments, span.begin, {},
                                     [](const syntax::Comment& c) { return c.span.begin; });
  for (; it != tree_.comments.end() && it->span.begin < span.end; ++it)
    if (!skipped_[size_t(it - tree_.comments.begin())]) return true;
  return false;
}

void Printer::documentation(const syntax::Doc& doc) {
  if (!doc.span) return;
  commentsBefore(doc.span.begin);
  size_t at = 0;
  bool more = true;
  while (more) {
    const size_t end = doc.text.find('\n', at);
    more = end != std::string::npos;
    const std::string line = doc.text.substr(at, more ? end - at : std::string::npos);
    if (at == 0)
      startLine(doc.span.begin);
    else
      out_ += "\n" + std::string(margin_, ' ');
    out_ += line.empty() ? "///" : "/// " + line;
    at = end + 1;
  }
  lastEnd_ = doc.span.end;
  // Documentation and what it documents stand together.
  first_ = true;
}

// All of an element on one line.
bool Printer::flat(const Element& e, std::string& out, bool withDoc) const {
  if (withDoc && e.doc && e.doc->span) return false;
  if (!e.head.flat(out)) return false;
  if (!e.body) return true;
  out += " { ";
  for (size_t i = 0; i < e.elements.size(); ++i) {
    if (i > 0) out += e.commas || e.optionalCommas ? ", " : "  ";
    if (!flat(e.elements[i], out, true)) return false;
  }
  out += e.elements.empty() ? "}" : " }";
  return true;
}

// What was written on one line stays on one line if it fits.
bool Printer::fitsOneLine(const Element& e, std::string& out) const {
  if (!e.elements.empty() && textOf(e.body).find('\n') != std::string_view::npos) return false;
  if (hasComment(e.body)) return false;
  return flat(e, out, false) && margin_ + displayWidth(out) <= kWidth;
}

void Printer::write(const Element& e, bool comma) {
  if (e.doc) documentation(*e.doc);
  const uint32_t headEnd = e.body ? e.body.begin : e.span.end;
  uint32_t jsonComment = headEnd;
  for (size_t i = comment_; i < tree_.comments.size() && tree_.comments[i].span.begin < headEnd;
       ++i)
    if (skipped_[i]) jsonComment = std::min(jsonComment, tree_.comments[i].span.begin);
  commentsBefore(jsonComment);
  startLine(e.span.begin);
  std::string line;
  if (!e.body) {
    e.head.print(out_, margin_, margin_, kWidth);
  } else if (fitsOneLine(e, line)) {
    out_ += line;
  } else {
    e.head.print(out_, margin_, margin_, kWidth - 2);
    out_ += " {";
    lastEnd_ = e.body.begin + 1;
    commentBehind(lastEnd_);
    margin_ += kIndent;
    first_ = true;
    writeList(e.elements, e.commas);
    commentsBefore(e.body.end);
    margin_ -= kIndent;
    out_ += '\n';
    out_.append(margin_, ' ');
    out_ += '}';
  }
  if (comma) out_ += ',';
  lastEnd_ = std::max(lastEnd_, e.span.end);
  first_ = false;
  if (!commentsInside(e.span.end)) commentBehind(e.span.end);
}

void Printer::writeList(const std::vector<Element>& list, bool commas) {
  bool previousLong = false;
  for (size_t i = 0; i < list.size(); ++i) {
    const Element& e = list[i];
    const size_t before = out_.size();
    const bool first = i == 0;
    write(e, commas && i + 1 < list.size());
    const bool newBlock = !first && list[i - 1].block != e.block;
    if (!e.spaced && !newBlock) continue;
    // A declaration of several lines keeps a blank line on both sides.
    const size_t begin = out_.find_first_not_of('\n', before);
    const bool isLong =
        e.spaced && begin != std::string::npos && out_.find('\n', begin) != std::string::npos;
    if (!first && (isLong || previousLong || newBlock) && out_[before] == '\n' &&
        (before + 1 >= out_.size() || out_[before + 1] != '\n'))
      out_.insert(before, "\n");
    previousLong = isLong;
  }
}

std::string format(const syntax::SyntaxTree& tree, const SourceMap& sources) {
  return Printer(tree, sources).run();
}

}  // namespace cambium::format
