#include "compiler/sema/setting_values.h"

#include <algorithm>

#include "compiler/ir/refinements.h"
#include "compiler/json/schema.h"
#include "compiler/sema/evaluate.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/literals.h"

namespace cambium::sema {
namespace {

using ir::ExprKind;
using ir::Scalar;
using SK = syntax::ExprKind;

constexpr std::string_view kSecretExample = "secret(\"keyvault://vault/name\")";

bool isWordCharacter(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
         ch == '_';
}

// keyvault://vault/name, vault://path/to/it, env://NAME
bool isSecretReference(std::string_view text) {
  for (const std::string_view scheme : {"keyvault://", "vault://", "env://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto rest = text.substr(scheme.size());
    if (rest.empty()) return false;
    if (scheme == "env://")
      return std::ranges::all_of(rest, isWordCharacter) && !(rest[0] >= '0' && rest[0] <= '9');
    return std::ranges::none_of(rest, [](char ch) {
      return static_cast<unsigned char>(ch) <= ' ' || ch == '"' || ch == '@' || ch == 0x7F;
    });
  }
  return false;
}

// How many bytes a Base64 text stands for; nothing if it is none.
std::optional<size_t> base64Bytes(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  const bool ok = std::ranges::all_of(text.substr(0, text.size() - padding), [](char ch) {
    return (isWordCharacter(ch) && ch != '_') || ch == '+' || ch == '/';
  });
  return ok ? std::optional(text.size() / 4 * 3 - padding) : std::nullopt;
}

class Checker {
public:
  Checker(Context& c, const SyntaxTree& tree, size_t unit, const ir::Setting& s,
          std::string_view name, std::string_view what)
      : c_(c), tree_(tree), unit_(unit), s_(s), name_(name), what_(what) {}

  ir::Expr run(syntax::ExprId id) {
    const auto& e = tree_[id];
    if (e.kind == SK::error || (s_.type.scalar == Scalar::error && !s_.secret)) return {};
    if (e.kind == SK::nullLiteral) return null(e);
    if (s_.secret) return secret(e, id);
    ir::Expr out;
    if (!s_.type.list) {
      out = one(id, s_.type);
    } else if (e.kind != SK::list) {
      checkValue(scope(), id, s_.type, what_);
      return {};
    } else {
      out = list(e);
    }
    if (out.kind == ExprKind::error || !refined(out)) return {};
    return out;
  }

private:
  static ir::Expr literal(Span span, Scalar scalar, std::string text) {
    ir::Expr e;
    e.kind = ExprKind::literal;
    e.type.scalar = scalar;
    e.type.optional = scalar == Scalar::null;
    e.text = std::move(text);
    e.span = span;
    return e;
  }

  Scope scope() const {
    return Scope{c_, tree_, unit_, Use::config, nullptr, {}, std::string(name_)};
  }

  ir::Expr null(const syntax::Expr& e) {
    if (s_.type.optional) return literal(e.span, Scalar::null, "");
    c_.add(report<Code::TYP002>(e.span, what_))
        .help("make the setting optional with a `?` after its type, or give a value");
    return {};
  }

  // ---- secrets: the reference, never the thing
  ir::Expr secret(const syntax::Expr& e, syntax::ExprId id) {
    const bool call = isCall(tree_, id, "secret");
    if (!call || e.args.size() != 1 || tree_[e.args[0]].kind != SK::string) {
      if (call && !e.args.empty() && tree_[e.args[0]].kind == SK::error) return {};
      c_.add(report<Code::CFG010>(e.span, name_))
          .help("write where it is kept, for example `" + std::string(kSecretExample) + "`");
      return {};
    }
    const auto& reference = tree_[e.args[0]];
    if (!isSecretReference(reference.value)) {
      // What was written may be the secret itself: it is not repeated.
      const auto scheme = reference.value.find("://");
      const bool named = scheme != std::string::npos && scheme < 12;
      c_.add(report<Code::CFG011>(reference.span,
                                  named ? reference.value.substr(0, scheme + 3) + "…" : "…"))
          .help("it is `keyvault://VAULT/NAME`, `vault://PATH` or `env://NAME`");
      return {};
    }
    return literal(e.span, Scalar::text, reference.value);
  }

  // ---- one value
  ir::Expr one(syntax::ExprId id, ir::Type type) {
    const auto& e = tree_[id];
    type.list = false;
    if (isCall(tree_, id, "secret")) {
      c_.add(report<Code::EXP012>(e.span, "secret"))
          .help("`" + std::string(name_) + "` is no secret: its type is `" +
                ir::toString(s_.type, c_.model) + "`");
      return {};
    }
    if (type.scalar == Scalar::json) return json(id);
    if (type.scalar == Scalar::bytes && e.kind == SK::string) return bytes(e, type);
    if (e.kind == SK::name && type.scalar != Scalar::enumeration) return bareWord(e, type);
    auto out = checkValue(scope(), id, type, what_);
    if (out.kind == ExprKind::error) return {};
    if (out.kind == ExprKind::literal || out.kind == ExprKind::member) return out;
    c_.add(report<Code::EXP013>(e.span, "an expression"))
        .help("the value of a setting is written out");
    return {};
  }

  ir::Expr bareWord(const syntax::Expr& e, const ir::Type& type) {
    auto& d = c_.add(report<Code::EXP013>(e.span, "a bare word"));
    if (ir::isTextual(type.scalar)) {
      const std::string quoted = "\"" + std::string(e.text) + "\"";
      d.help("a text stands between quotes")
          .fix({"write `" + quoted + "`", FixSafety::safe, {{e.span, quoted}}});
    }
    return {};
  }

  ir::Expr bytes(const syntax::Expr& e, const ir::Type& type) {
    const auto size = base64Bytes(e.value);
    if (!size) {
      c_.add(report<Code::TYP009>(e.span, e.value, "Base64 text"))
          .help("write for example `\"SGVsbG8=\"`");
      return {};
    }
    if (type.length && *size > type.length) {
      c_.add(report<Code::TYP006>(e.span, std::to_string(*size) + " bytes",
                                  ir::toString(type, c_.model)));
      return {};
    }
    return literal(e.span, Scalar::bytes, e.value);
  }

  ir::Expr json(syntax::ExprId id) {
    const auto& e = tree_[id];
    const auto text = jsonOf(tree_, id);
    if (!text) {
      c_.add(report<Code::EXP013>(e.span, "anything but JSON"));
      return {};
    }
    const auto value = json::parse(*text, json::Twice::keepLast);
    if (!value) {
      c_.add(report<Code::CFG013>(e.span, name_, value.error()));
      return {};
    }
    if (s_.jsonSchema.empty()) return literal(e.span, Scalar::json, json::print(*value));
    auto document = json::parse(s_.jsonSchema);
    auto schema = document ? json::Schema::compile(std::move(*document))
                           : Result<json::Schema, json::Fault>(Failure{json::Fault{}});
    if (!schema) return {};  // told with the schema
    if (const auto fault = schema->validate(*value)) {
      const std::string place = fault->at.empty() ? "it" : "`" + fault->at + "`";
      c_.add(report<Code::CFG013>(e.span, name_, place + " " + fault->what))
          .label(s_.span, "the schema is here");
      return {};
    }
    return literal(e.span, Scalar::json, json::print(*value));
  }

  ir::Expr list(const syntax::Expr& e) {
    ir::Expr out;
    out.kind = ExprKind::list;
    out.type = s_.type;
    out.type.alias = {};
    out.type.optional = false;
    out.span = e.span;
    bool bad = false;
    ir::Type element = s_.type;
    element.optional = false;
    for (const auto id : e.args) {
      auto item = one(id, element);
      bad = bad || item.kind == ExprKind::error;
      out.args.push_back(std::move(item));
    }
    return bad ? ir::Expr{} : out;
  }

  bool refined(const ir::Expr& e) {
    const auto misfit = refusedBy(ir::refinementsOf(c_.model, s_.type, s_.where), e);
    if (!misfit) return true;
    c_.add(report<Code::CFG025>(misfit->value->span, name_,
                                ir::toString(*misfit->condition, c_.model)))
        .label(misfit->condition->span, "demanded here");
    return false;
  }

  Context& c_;
  const SyntaxTree& tree_;
  size_t unit_;
  const ir::Setting& s_;
  std::string_view name_, what_;
};

}  // namespace

ir::Expr checkSettingValue(Context& c, const SyntaxTree& tree, size_t unit, const ir::Setting& s,
                           std::string_view name, std::string_view what, syntax::ExprId id) {
  return Checker(c, tree, unit, s, name, what).run(id);
}

}  // namespace cambium::sema
