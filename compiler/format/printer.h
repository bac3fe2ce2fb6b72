// format/printer.h: the formatter's state: the text so far, and which comments are still to be
// written. Elements (declarations, members, items of lists in braces) stand on lines of their own;
// what belongs to one element is laid out as a whole. Comments before or inside an element are
// written on lines before it, comments behind it stay behind it.
#pragma once

#include "compiler/format/layout.h"
#include "compiler/syntax/tree.h"

namespace cambium::format {

inline constexpr size_t kWidth = 100;
inline constexpr size_t kIndent = 2;

class Printer {
public:
  Printer(const syntax::SyntaxTree& tree, const SourceMap& sources);
  std::string run();

private:
  using ExprId = syntax::ExprId;

  // ---- elements (printer.cpp)
  // One element of a list: its parts, ready to be written.
  struct Element {
    Span span;
    const syntax::Doc* doc = nullptr;
    Layout head;                    // all of it, or what stands before the braces
    Span body;                      // invalid: no braces
    std::vector<Element> elements;  // inside them
    bool commas = false;            // between them
    bool optionalCommas = false;    // written only on one line
    bool spaced = false;  // a declaration: blank lines around it if it takes several lines
    uint8_t block = 0;    // package, imports, declarations: a blank line between them
  };
  // What every element takes over from its node.
  template <class Node>
  static Element elementOf(const Node& node) {
    Element e;
    e.span = node.span;
    if constexpr (requires { node.doc; }) e.doc = &node.doc;
    if constexpr (requires { node.body; }) e.body = node.body;
    return e;
  }
  void write(const Element&, bool comma);
  void writeList(const std::vector<Element>&, bool commas);
  bool flat(const Element&, std::string& out, bool withDoc) const;
  bool fitsOneLine(const Element&, std::string& out) const;
  void documentation(const syntax::Doc&);
  void commentsBefore(uint32_t end);
  bool commentsInside(uint32_t end);
  void commentBehind(uint32_t end);
  void startLine(uint32_t sourceBegin);
  bool hasComment(Span) const;
  std::string commentText(const syntax::Comment&) const;

  // ---- parts (parts.cpp)
  std::string_view textOf(Span span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }
  std::string_view textOf(const syntax::Name& name) const { return textOf(name.span); }
  void title(Layout&, const std::optional<syntax::Text>&) const;
  void names(Layout&, const std::vector<syntax::Name>&) const;
  void qname(Layout&, const syntax::QName&) const;
  void qnames(Layout&, const std::vector<syntax::QName>&) const;
  void type(Layout&, const syntax::TypeRef&) const;
  void annotations(Layout&, const std::vector<syntax::Annotation>&) const;
  void filter(Layout&, const std::optional<ExprId>&) const;
  void arguments(Layout&, const syntax::ExprIds&, const std::vector<syntax::Name>&,
                 size_t first) const;
  void expr(Layout&, ExprId) const;
  void exprBody(Layout&, const syntax::Expr&) const;
  void chain(Layout&, const syntax::Expr&) const;
  void assigns(Layout&, const std::vector<syntax::Assign>&) const;

  // ---- declarations (declarations.cpp)
  Element element(const syntax::PackageDecl&) const;
  Element element(const syntax::ImportDecl&) const;
  Element element(const syntax::EnvironmentDecl&) const;
  Element element(const syntax::EntityDecl&) const;
  Element element(const syntax::EnumDecl&) const;
  Element element(const syntax::TypeDecl&) const;
  Element element(const syntax::TagsDecl&) const;
  Element element(const syntax::ViewDecl&) const;
  Element element(const syntax::TemplateDecl&) const;
  Element element(const syntax::RoleDecl&) const;
  Element element(const syntax::GrantDecl&) const;
  Element element(const syntax::PolicyDecl&) const;
  Element element(const syntax::MigrationDecl&) const;
  Element element(const syntax::SchemaDecl&) const;
  Element element(const syntax::NamespaceDecl&) const;
  Element element(const syntax::PropertyDecl&) const;
  Element element(const syntax::KeyDecl&) const;
  Element element(const syntax::UniqueDecl&) const;
  Element element(const syntax::IndexDecl&) const;
  Element element(const syntax::CheckDecl&) const;
  Element element(const syntax::GroupDecl&) const;
  Element element(const syntax::Enumerator&) const;
  Element element(const syntax::EnvItem&) const;
  Element element(const syntax::MigrationItem&) const;
  Element element(const syntax::SettingDecl&) const;
  Element element(const syntax::NamespaceItem&) const;
  Element element(const syntax::Assign&) const;
  Element element(const syntax::ViewItem&) const;
  template <class Index>
  Element indexLike(const char* word, const Index&) const;
  template <class T>
  std::vector<Element> elements(const std::vector<T>& list) const {
    std::vector<Element> out;
    out.reserve(list.size());
    for (const T& one : list) out.push_back(element(one));
    return out;
  }
  std::vector<Element> members(const std::vector<syntax::Member>&) const;

  const syntax::SyntaxTree& tree_;
  const std::string_view text_;
  std::string out_;
  size_t margin_ = 0;
  size_t comment_ = 0;         // next to be written
  std::vector<bool> skipped_;  // comments inside JSON, which is written as it is
  uint32_t lastEnd_ = 0;       // where, in the source, ended what was written last
  bool first_ = true;          // nothing yet in this list: no blank line
};

}  // namespace cambium::format
