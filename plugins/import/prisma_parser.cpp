#include "plugins/import/prisma_parser.h"

#include <algorithm>

namespace cambium::importing::prisma {
namespace {

enum class Kind : unsigned char { word, text, number, symbol, newline, doc, end };

struct Token {
  Kind kind = Kind::end;
  std::string value;
  uint32_t begin = 0;
};

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) one();
    out_.push_back({Kind::newline, "", static_cast<uint32_t>(at_)});
    out_.push_back({Kind::end, "", static_cast<uint32_t>(at_)});
    return std::move(out_);
  }

private:
  void add(Kind kind, std::string value, size_t begin) {
    out_.push_back({kind, std::move(value), static_cast<uint32_t>(begin)});
  }

  void one() {
    const size_t begin = at_;
    const char c = text_[at_];
    if (c == '\n') {
      ++at_;
      return add(Kind::newline, "", begin);
    }
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
      return;
    }
    if (text_.substr(at_, 2) == "//") {
      const size_t end = std::min(text_.find('\n', at_), text_.size());
      const bool doc = text_.substr(at_, 3) == "///";
      std::string line(text_.substr(at_ + (doc ? 3 : 2), end - at_ - (doc ? 3 : 2)));
      if (line.starts_with(' ')) line.erase(0, 1);
      if (line.ends_with('\r')) line.pop_back();
      if (doc) add(Kind::doc, std::move(line), begin);
      at_ = end;
      return;
    }
    if (text_.substr(at_, 2) == "/*") {
      const size_t end = text_.find("*/", at_);
      if (end == std::string_view::npos) throw Fault{uint32_t(begin), "a comment is not closed"};
      at_ = end + 2;
      return;
    }
    if (c == '"') return text(begin);
    if (isDigit(c) || (c == '-' && at_ + 1 < text_.size() && isDigit(text_[at_ + 1]))) {
      std::string value(1, c);
      for (++at_; at_ < text_.size() && (isDigit(text_[at_]) || text_[at_] == '.'); ++at_)
        value += text_[at_];
      return add(Kind::number, std::move(value), begin);
    }
    if (isLetter(c)) {
      std::string value;
      while (at_ < text_.size() &&
             (isLetter(text_[at_]) || isDigit(text_[at_]) || text_[at_] == '-'))
        value += text_[at_++];
      return add(Kind::word, std::move(value), begin);
    }
    ++at_;
    if (c == '@' && at_ < text_.size() && text_[at_] == '@') {
      ++at_;
      return add(Kind::symbol, "@@", begin);
    }
    add(Kind::symbol, std::string(1, c), begin);
  }

  void text(size_t begin) {
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n'; ++at_) {
      if (text_[at_] != '\\' || at_ + 1 >= text_.size()) {
        value += text_[at_];
        continue;
      }
      const char e = text_[++at_];
      value += e == 'n' ? '\n' : e == 't' ? '\t' : e == 'r' ? '\r' : e;
    }
    if (at_ >= text_.size() || text_[at_] != '"')
      throw Fault{uint32_t(begin), "a text is not closed"};
    ++at_;
    add(Kind::text, std::move(value), begin);
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Token> out_;
};

class Parser {
public:
  Parser(std::vector<Token> tokens, FileId file) : tokens_(std::move(tokens)), file_(file) {}

  std::vector<Block> run() {
    std::vector<Block> out;
    for (;;) {
      std::string doc = docs();
      if (peek().kind == Kind::end) return out;
      out.push_back(block());
      out.back().comment = std::move(doc);
    }
  }

private:
  const Token& peek() const { return tokens_[at_]; }
  const Token& next() {
    const Token& token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool at(std::string_view symbol) const {
    return peek().kind == Kind::symbol && peek().value == symbol;
  }
  bool accept(std::string_view symbol) {
    if (!at(symbol)) return false;
    next();
    return true;
  }
  Span here() const { return {file_, peek().begin, peek().begin}; }

  [[noreturn]] void unexpected() const {
    if (peek().kind == Kind::end) throw Fault{peek().begin, "the text ends inside a block"};
    if (peek().kind == Kind::newline) throw Fault{peek().begin, "the line ends too early"};
    throw Fault{peek().begin, "`" + peek().value + "` is not expected here"};
  }
  void expect(std::string_view symbol) {
    if (!accept(symbol)) unexpected();
  }
  std::string word() {
    if (peek().kind != Kind::word) unexpected();
    return next().value;
  }

  // Past line ends; the lines of `///` on the way.
  std::string docs() {
    std::string out;
    bool blank = false;
    while (peek().kind == Kind::newline || peek().kind == Kind::doc) {
      if (peek().kind == Kind::doc) {
        if (blank) out.clear();
        out += (out.empty() ? "" : "\n") + peek().value;
        blank = false;
        next();
        if (peek().kind == Kind::newline) next();
      } else {
        blank = true;
        next();
      }
    }
    if (blank && !out.empty()) out.clear();
    return out;
  }

  void endOfLine(std::string& comment) {
    if (peek().kind == Kind::doc) comment += (comment.empty() ? "" : "\n") + next().value;
    if (at("}")) return;
    if (peek().kind != Kind::newline) unexpected();
    next();
  }

  Block block() {
    static constexpr std::string_view kKinds[] = {"model", "enum",       "view",
                                                  "type",  "datasource", "generator"};
    Block out;
    out.at = here();
    const Token kind = peek();
    out.kind = word();
    if (std::ranges::find(kKinds, std::string_view(out.kind)) == std::end(kKinds))
      throw Fault{kind.begin, "`" + out.kind + "` begins no block"};
    out.at = here();
    out.name = word();
    expect("{");
    for (;;) {
      std::string doc = docs();
      if (accept("}")) return out;
      if (peek().kind == Kind::end) unexpected();
      member(out, std::move(doc));
    }
  }

  void member(Block& block, std::string doc) {
    if (at("@@")) {
      next();
      block.attributes.push_back(attribute());
      return endOfLine(doc);
    }
    Field field;
    field.at = here();
    field.comment = std::move(doc);
    field.name = word();
    if (accept("=")) {
      block.settings.emplace_back(field.name, value());
      return endOfLine(field.comment);
    }
    if (block.kind != "enum") type(field);
    while (accept("@")) field.attributes.push_back(attribute());
    endOfLine(field.comment);
    block.fields.push_back(std::move(field));
  }

  void type(Field& field) {
    field.type = word();
    if (field.type == "Unsupported") {
      expect("(");
      if (peek().kind != Kind::text) unexpected();
      field.native = next().value;
      expect(")");
    }
    if (accept("[")) {
      expect("]");
      field.list = true;
    }
    field.optional = accept("?");
  }

  Attribute attribute() {
    Attribute out;
    out.at = here();
    out.name = word();
    while (accept(".")) out.name += "." + word();
    if (accept("(")) arguments(")", out.args);
    return out;
  }

  void arguments(std::string_view close, std::vector<Value>& out) {
    skipLines();
    while (!accept(close)) {
      std::string name;
      if (peek().kind == Kind::word && tokens_[at_ + 1].kind == Kind::symbol &&
          tokens_[at_ + 1].value == ":") {
        name = next().value;
        next();
      }
      Value one = value();
      one.name = std::move(name);
      out.push_back(std::move(one));
      skipLines();
      if (!at(close)) expect(",");
      skipLines();
    }
  }

  void skipLines() {
    while (peek().kind == Kind::newline || peek().kind == Kind::doc) next();
  }

  Value value() {
    if (++depth_ > 50) throw Fault{peek().begin, "values are nested too deep"};
    skipLines();
    Value out;
    const Token token = peek();
    if (token.kind == Kind::text || token.kind == Kind::number) {
      next();
      out.kind = token.kind == Kind::text ? ValueKind::text : ValueKind::number;
      out.value = token.value;
    } else if (token.kind == Kind::word) {
      out.value = word();
      while (accept(".")) out.value += "." + word();
      if (accept("(")) {
        out.kind = ValueKind::call;
        arguments(")", out.args);
      }
    } else if (accept("[")) {
      out.kind = ValueKind::list;
      arguments("]", out.args);
    } else if (accept("{")) {
      out.kind = ValueKind::list;
      arguments("}", out.args);
    } else {
      unexpected();
    }
    --depth_;
    return out;
  }

  std::vector<Token> tokens_;
  FileId file_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

const Value* Attribute::argument(std::string_view wanted, size_t position) const {
  size_t unnamed = 0;
  for (const Value& value : args) {
    if (!wanted.empty() && value.name == wanted) return &value;
    if (value.name.empty() && unnamed++ == position) return &value;
  }
  return nullptr;
}

const Attribute* Field::find(std::string_view attribute) const {
  const auto found = std::ranges::find(attributes, attribute, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}
const Attribute* Block::find(std::string_view attribute) const {
  const auto found = std::ranges::find(attributes, attribute, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}
const Field* Block::field(std::string_view wanted) const {
  const auto found = std::ranges::find(fields, wanted, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

Result<std::vector<Block>, Fault> parse(const SourceFile& source, FileId file) {
  try {
    return Parser(Scanner(source.text()).run(), file).run();
  } catch (const Fault& fault) {
    return Failure{fault};
  }
}

}  // namespace cambium::importing::prisma
