// import/import.h: foreign schema files as a Schema. In: texts with their names, what they are
// written in. Out: the schema, with all that could not be read into it listed, or diagnostic IMP001
// with the place at which a text stops being what it is said to be.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "compiler/base/result.h"
#include "compiler/diagnostics/diagnostic.h"
#include "plugins/import/schema.h"

namespace cambium::importing {

enum class Format : unsigned char { prisma, postgres, mysql, sqlite };

std::string_view wordOf(Format);         // as `--from` takes it
std::string_view displayNameOf(Format);  // "PostgreSQL DDL"
std::optional<Format> formatOf(std::string_view word);

struct Guess {
  Format format;
  std::string_view because;  // "its name ends in .prisma", "it says `AUTO_INCREMENT`"
};
// What a file most likely is; nothing where nothing speaks for any of them.
std::optional<Guess> guessFormat(const SourceFile&);

using ReadSchema = Result<Schema, Diagnostic>;
// The files in this order, as if they were one.
ReadSchema readSchema(const SourceMap&, std::span<const FileId>, Format);

// ---- one file each
ReadSchema readPrisma(const SourceMap&, std::span<const FileId>);
ReadSchema readPostgres(const SourceMap&, std::span<const FileId>);
ReadSchema readMysql(const SourceMap&, std::span<const FileId>);
ReadSchema readSqlite(const SourceMap&, std::span<const FileId>);

}  // namespace cambium::importing
