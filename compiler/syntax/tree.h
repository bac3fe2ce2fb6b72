// syntax/tree.h: what a .cam file says, before anybody asks whether it makes sense.
// The tree owns its nodes; names and texts are views into the SourceFile, which must outlive the
// tree. Precedence of expressions is resolved. Where a file has syntax errors the tree holds what
// could be understood: names may then be empty and expressions may be ExprKind::error, and whoever
// reads the tree reports nothing about those (one cause, one report).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/base/boxed.h"
#include "compiler/base/few.h"
#include "compiler/base/ids.h"
#include "compiler/source/source.h"

namespace cambium::syntax {

struct Name {
  std::string_view text;  // without backticks
  Span span;              // with them
  explicit operator bool() const { return !text.empty(); }
};

struct QName {  // a.b.c
  Few<Name, 1> parts;
  Span span;
  std::string dotted() const;
};

// A string literal: `value` is unescaped (or the raw text of a """…""").
struct Text {
  std::string value;
  Span span;
  bool raw = false;
};

// ---------------------------------------------------------------- expressions
enum class ExprKind : uint8_t {
  error,
  name,
  number,
  string,
  duration,
  trueLiteral,
  falseLiteral,
  nullLiteral,
  member,    // args[0] . text
  call,      // text(args…), or args[0].text(args[1]…) when `method`
  unary,     // op args[0]
  binary,    // args[0] op args[1]
  inList,    // args[0] [not] in args[1…]
  between,   // args[0] [not] between args[1] and args[2]
  caseWhen,  // when args[0] then args[1] … [else args.back()] (`hasElse`)
  list,      // [args…]
  tuple,     // (a, b): only after `in`, reported elsewhere
  json,      // { … }: `text` is the source text of the object
};
enum class Op : uint8_t {
  none,
  orOp,
  andOp,
  notOp,
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
  isOp /* x is [not] null */,
  like,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate,
};

struct Expr;
using ExprId = Id<Expr>;
using ExprIds = Few<ExprId, 2>;
struct Expr {
  ExprKind kind = ExprKind::error;
  Op op = Op::none;
  bool negated = false;  // not in, not like, not between, is not
  bool method = false;
  bool infix = false;  // call of `concat` written `a || b`
  bool hasElse = false;
  bool parenthesized = false;  // written in parentheses (the formatter keeps them)
  Span span;
  Span opSpan;  // the operator, the name after the dot, the callee, or the literal of a string
  std::string_view text;  // name, number, duration as written; callee; member name
  std::string value;      // ExprKind::string: unescaped
  ExprIds args;
  std::vector<Name>
      labels;  // call: one for each argument (empty Name = positional), or no entry at all
};

// ---------------------------------------------------------------- pieces shared by declarations
struct Annotation {  // @name(args)
  QName name;
  std::vector<Name> labels;  // as in Expr
  ExprIds args;
  Span span;
};

struct TypeRef {  // uuid, decimal(12, 2)?, string(40)[]?, std.types.Email
  QName name;
  ExprIds args;
  bool list = false;
  bool optional = false;         // the whole (T? or T[]?)
  bool elementOptional = false;  // T?[]: reported
  Span span;
};

struct Doc {         // consecutive /// lines before a declaration
  std::string text;  // without the slashes and one leading blank a line; empty = none
  Span span;
};

// ---------------------------------------------------------------- members of entities and mixins
enum class RefAction : uint8_t { none, restrict, cascade, setNull, setDefault, noAction };

struct PropertyDecl {
  enum class Kind : uint8_t { value, reference, many };
  Doc doc;
  Name name;
  Kind kind = Kind::value;
  bool key = false;      // `key id: …`
  TypeRef type;          // value; for reference and many: the target's name and `?`
  Name inverse;          // many … inverse p
  Boxed<QName> through;  // many … through J
  std::optional<ExprId> defaultValue;
  std::optional<ExprId> where;  // refinement on the property itself
  bool computed = false;        // the default's expression is then the computation
  bool stored = false;
  RefAction onDelete = RefAction::none;
  RefAction onUpdate = RefAction::none;
  Span onDeleteSpan, onUpdateSpan;  // of what follows `on delete` and `on update`
  std::vector<Annotation> annotations;
  Span span;
};

struct KeyDecl {
  std::vector<Name> properties;
  std::vector<Annotation> annotations;
  Span span;
};  // key (a, b)
struct IndexPart {
  ExprId expr;
  bool descending = false;
  bool ascending = false;
  std::vector<Annotation> annotations = {};
  Span span;
};
struct UniqueDecl {
  Doc doc;
  Name name;
  std::vector<IndexPart> parts;
  std::optional<ExprId> where;
  std::vector<Annotation> annotations;
  Span span;
};
struct IndexDecl {
  Doc doc;
  Name name;
  std::vector<IndexPart> parts;
  std::optional<ExprId> where;
  std::vector<Annotation> annotations;
  Span span;
};
struct CheckDecl {
  Doc doc;
  Name name;
  ExprId condition;
  std::vector<Annotation> annotations;
  Span span;
};
struct GroupDecl;
using Member = std::variant<PropertyDecl, KeyDecl, UniqueDecl, IndexDecl, CheckDecl, GroupDecl>;
struct GroupDecl {
  Doc doc;
  Name name;
  std::optional<Text> title;
  std::vector<Member> members;
  Span span;
  Span body;
};

// ---------------------------------------------------------------- declarations
// `body` is the braces and what lies between them; invalid where an error swallowed one.
enum class Lifecycle : uint8_t { active, draft, deleted, external };

struct EntityDecl {  // also a mixin
  Doc doc;
  Lifecycle lifecycle = Lifecycle::active;
  bool mixin = false;
  Name name;
  std::vector<QName> is, contains;
  std::vector<Annotation> annotations;
  std::vector<Member> members;
  Span span;
  Span body;
};
struct Enumerator {
  Doc doc;
  Name name;
  std::optional<Text> title;
  std::vector<Annotation> annotations;
  Span span;
};
struct EnumDecl {
  Doc doc;
  Name name;
  std::vector<Annotation> annotations;
  std::vector<Enumerator> values;
  Span span;
  Span body;
};
struct TypeDecl {
  Doc doc;
  Name name;
  TypeRef type;
  std::optional<ExprId> where;
  std::vector<Annotation> annotations;
  Span span;
};
struct TagsDecl {
  Doc doc;
  Name name;
  std::vector<QName> on;
  bool single = false;
  bool multiple = false;
  std::vector<Enumerator> values;
  Span span;
  Span body;
};
struct ViewItem {
  ExprId expr;
  Name as;
  Span span;
};
struct ViewDecl {
  Doc doc;
  Name name;
  QName of;
  std::optional<ExprId> where;
  std::vector<Annotation> annotations;
  std::vector<ViewItem> items;
  Span span;
  Span body;
};
struct Assign {
  Name name;
  ExprId value;
  Span span;
};
struct TemplateDecl {
  Doc doc;
  Name name;
  QName of;
  std::vector<Assign> items;
  Span span;
  Span body;
};
struct RoleDecl {
  Doc doc;
  Name name;
  std::optional<Text> title;
  std::vector<Annotation> annotations;
  Span span;
};
struct GrantDecl {
  std::vector<Name> actions;
  QName on;
  std::vector<Name> except, to;
  std::vector<Annotation> annotations;
  Span span;
};
struct PolicyDecl {
  Doc doc;
  Name name;
  QName on;
  std::vector<Name> actions, to;
  ExprId condition;
  std::vector<Annotation> annotations;
  Span span;
};

struct EnvItem {
  enum class Kind : uint8_t {
    url,
    promote,
    destructive,
    access,
    lock,
    backfill,
    autoApprove,
    soak
  };
  Kind kind = Kind::url;
  std::optional<ExprId> url;  // url
  Name word;                  // promote from NAME, destructive NAME, access NAME, auto_approve NAME
  std::optional<ExprId> approvals;                 // destructive approvals N
  std::optional<ExprId> soak;                      // soak DURATION
  std::optional<ExprId> timeout, retries;          // lock
  std::optional<ExprId> batch, target, pauseWhen;  // backfill
  Span span;
};
struct EnvironmentDecl {
  Doc doc;
  Name name;
  std::vector<EnvItem> items;
  Span span;
  Span body;
};

struct MigrationItem {
  enum class Kind : uint8_t { rename, convert, split, merge, fill, approve };
  Kind kind = Kind::rename;
  std::vector<QName> paths;                    // left side; merge has several
  std::vector<Name> targets;                   // right side of ->
  std::optional<ExprId> up, down;              // convert; fill uses `up`
  Name by;                                     // split, merge: of an entity
  std::vector<Assign> upAssigns, downAssigns;  // split, merge
  Name action;                                 // approve drop | narrow | expose | protect
  std::optional<Text> reason;
  Span span;
};
struct MigrationDecl {
  Text from, to;
  std::vector<MigrationItem> items;
  Span span;
  Span body;
};

struct SettingDecl {
  Doc doc;
  Name name;
  TypeRef type;
  std::optional<ExprId> json, defaultValue, where;
  std::string_view rotate;
  Span rotateSpan;
  std::vector<Annotation> annotations;
  Span span;
};
struct SchemaDecl {
  Doc doc;
  Name name;
  std::vector<SettingDecl> settings;
  Span span;
  Span body;
};
struct NamespaceItem {
  enum class Kind : uint8_t { display, owner, grant, approvals, config };
  Kind kind = Kind::display;
  Text text;                    // display, owner, grant … to
  Name role;                    // grant
  std::optional<ExprId> value;  // approvals, config
  std::string path;             // config a/b
  Span pathSpan;
  std::vector<Name> environments;
  Span span;
};
struct UseItem {
  QName schema;
  Name as;
};
struct NamespaceDecl {
  Doc doc;
  std::string path;
  Span pathSpan;
  std::vector<UseItem> uses;
  bool isolated = false;
  std::vector<NamespaceItem> items;
  Span span;
  Span body;
};

using Decl =
    std::variant<EnvironmentDecl, EntityDecl, EnumDecl, TypeDecl, TagsDecl, ViewDecl, TemplateDecl,
                 RoleDecl, GrantDecl, PolicyDecl, MigrationDecl, SchemaDecl, NamespaceDecl>;

struct PackageDecl {
  Doc doc;
  QName name;
  std::optional<Text> version;
  Name naming;
  Span span;
};
struct ImportItem {
  Name name;
  Name as;
};
struct ImportDecl {
  QName package;
  std::vector<ImportItem> items;
  Name as;
  Span span;
};

// A comment that is not documentation; `ownLine` = nothing but blanks before it on its line.
struct Comment {
  Span span;
  bool block = false;
  bool ownLine = false;
};

struct SyntaxTree {
  FileId file;
  std::optional<PackageDecl> package;
  std::vector<ImportDecl> imports;
  std::vector<Decl> decls;
  Store<Expr> exprs;
  std::vector<Comment> comments;  // by position
  bool hasErrors = false;
  // The names that lines with syntax errors may have meant to declare, by text: they may be missing
  // here, and whoever does not find one of them has nothing to report.
  std::vector<Name> unread;
  uint32_t tokenCount = 0;

  const Expr& operator[](ExprId id) const { return exprs[id]; }
};

}  // namespace cambium::syntax
