#include "src/script/shell_syntax.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <optional>

namespace nam56r::script {
namespace {

using Kind = Command::Kind;
using PartKind = WordPart::Kind;

/// Why a statement cannot be read; caught where the statement began.
struct SyntaxError {
  std::string why;
  std::size_t at;
  bool inside;  ///< of a compound, whose rest must not be read as if it stood alone
};

constexpr std::array<std::string_view, 15> kReserved = {"if",   "then", "elif", "else",     "fi",
                                                        "case", "esac", "for",  "while",    "until",
                                                        "do",   "done", "}",    "function", "in"};

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool IsNameChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool EndsWord(char c) {
  return c == '\0' || IsBlank(c) || c == '\n' || std::string_view("|&;()<>").find(c) < 7;
}

/// "NAME", when |word| is nothing but plain unquoted text.
std::optional<std::string> Plain(const Word& word) {
  if (word.parts.size() != 1) return std::nullopt;
  const WordPart& part = word.parts.front();
  if (part.kind != PartKind::kText || part.quoted) return std::nullopt;
  return part.text;
}

class Parser {
 public:
  Parser(std::string_view text, int first_line) : text_(text), first_line_(first_line) {
    lines_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') lines_.push_back(i + 1);
    }
  }

  Command Script() {
    Command script = New(Kind::kSequence);
    while (!AtEnd()) {
      const std::size_t begin = at_;
      depth_ = 0;
      try {
        SkipSpace();
        if (AtEnd()) break;
        Statement(script.parts);
      } catch (const SyntaxError& error) {
        Command bad = NewAt(Kind::kNotRead, begin);
        bad.line = LineOf(error.at);
        bad.text = SourceLine(error.at);
        bad.why = error.why;
        script.parts.push_back(std::move(bad));
        pending_.clear();
        if (error.inside) {
          script.parts.back().why += "; nothing after it is read";
          break;
        }
        at_ = std::max(at_, begin);
        SkipLine();
      }
    }
    for (const Unclosed& open : unclosed_) {
      Command bad = NewAt(Kind::kNotRead, text_.size());
      bad.line = open.line;
      bad.text = "<<" + open.delimiter;
      bad.why = "a here-document is not closed: it goes on to the end";
      script.parts.push_back(std::move(bad));
    }
    return script;
  }

 private:
  struct Nest {
    explicit Nest(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxNesting) parser.Fail("nested too deeply");
    }
    ~Nest() { --parser_.depth_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;
    Parser& parser_;
  };

  /// While a command is read that goes on over several lines.
  struct Compound {
    explicit Compound(Parser& parser) : parser_(parser) { ++parser_.compounds_; }
    ~Compound() { --parser_.compounds_; }
    Compound(const Compound&) = delete;
    Compound& operator=(const Compound&) = delete;
    Parser& parser_;
  };

  // Position and lines.
  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool Looking(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  bool Take(std::string_view what) {
    if (!Looking(what)) return false;
    at_ += what.size();
    return true;
  }
  int LineOf(std::size_t at) const {
    const auto line = std::upper_bound(lines_.begin(), lines_.end(), at);
    return first_line_ + static_cast<int>(line - lines_.begin()) - 1;
  }
  std::string SourceLine(std::size_t at) const {
    std::size_t begin = std::min(at, text_.size());
    while (begin > 0 && text_[begin - 1] != '\n') --begin;
    return Excerpt(begin);
  }
  std::string Excerpt(std::size_t begin) const { return Excerpt(begin, text_.size()); }
  // The first line of what stands from |begin| to |last|.
  std::string Excerpt(std::size_t begin, std::size_t last) const {
    constexpr std::size_t kMost = 120;
    while (begin < text_.size() && IsBlank(text_[begin])) ++begin;
    std::size_t end = std::min({text_.find('\n', begin), text_.size(), std::max(begin, last)});
    while (end > begin && (IsBlank(text_[end - 1]) || text_[end - 1] == ';')) --end;
    const bool cut = end - begin > kMost;
    if (cut) end = begin + kMost;
    return std::string(text_.substr(begin, end - begin)) + (cut ? "..." : "");
  }
  [[noreturn]] void Fail(std::string why) const {
    throw SyntaxError{std::move(why), at_, compounds_ > 0};
  }
  Command New(Kind kind) const { return NewAt(kind, at_); }
  Command NewAt(Kind kind, std::size_t at) const {
    Command command;
    command.kind = kind;
    command.line = LineOf(at);
    command.text = Excerpt(at);
    return command;
  }

  // Blanks, comments, line ends.
  void SkipBlanks() {
    for (;;) {
      if (IsBlank(Peek()) && !AtEnd()) {
        ++at_;
      } else if (Looking("\\\n")) {
        at_ += 2;
      } else if (Looking("\\\r\n")) {
        at_ += 3;
      } else if (Peek() == '#') {
        while (!AtEnd() && Peek() != '\n') ++at_;
      } else {
        return;
      }
    }
  }
  void LineFeed() {
    ++at_;
    if (!pending_.empty()) HereDocuments();
  }
  void SkipSpace() {
    for (;;) {
      SkipBlanks();
      if (Peek() == '\n') {
        LineFeed();
      } else if (Peek() == ';' && Peek(1) != ';' && Peek(1) != '&') {
        ++at_;
      } else {
        return;
      }
    }
  }
  void SkipLine() {
    while (!AtEnd() && Peek() != '\n') ++at_;
    if (!AtEnd()) ++at_;
  }

  // The bodies of the here-documents that the line before announced.
  struct Pending {
    std::string delimiter;
    bool strip_tabs;
    bool quoted;  ///< the body is taken as it is
  };
  struct Unclosed {
    int line;
    std::string delimiter;
  };

  // What the shell writes of a body whose delimiter is not quoted. Its own variables have the
  // values that they have here, not those of a script that is written: they stay undecided.
  static std::string Written(std::string_view line) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      const char next = i + 1 < line.size() ? line[i + 1] : '\0';
      if (c == '\\' && (next == '$' || next == '`' || next == '\\')) {
        text.push_back(next);
        ++i;
        continue;
      }
      std::size_t end = i + 1;
      if (c == '$' && IsNameStart(next)) {
        while (end < line.size() && IsNameChar(line[end])) ++end;
      } else if (c == '$' && next == '{') {
        const std::size_t close = line.find('}', i);
        if (close != std::string_view::npos) end = close + 1;
      }
      if (end == i + 1) {
        text.push_back(c);
        continue;
      }
      text += "$(: ";
      text += line.substr(i, end - i);
      text += ')';
      i = end - 1;
    }
    return text;
  }

  void HereDocuments() {
    for (const Pending& pending : pending_) {
      Body body{"", LineOf(at_)};
      bool closed = false;
      while (!AtEnd()) {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        if (pending.strip_tabs)
          line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
        std::string_view ended = line;
        if (ended.ends_with('\r')) ended.remove_suffix(1);
        if (ended == pending.delimiter) {
          closed = true;
          break;
        }
        body.text.append(pending.quoted ? std::string(line) : Written(line)).push_back('\n');
      }
      if (!closed) unclosed_.push_back({body.line, pending.delimiter});
      bodies_.push_back(std::move(body));
      if (!closed) break;
    }
    pending_.clear();
  }

  // Statements.
  std::string PeekWord() {
    SkipBlanks();
    std::size_t end = at_;
    while (end < text_.size() && !EndsWord(text_[end])) ++end;
    return std::string(text_.substr(at_, end - at_));
  }
  bool AtReserved(std::string_view word) { return PeekWord() == word; }
  bool TakeReserved(std::string_view word) {
    if (!AtReserved(word)) return false;
    at_ += word.size();
    return true;
  }
  void Expect(std::string_view word) {
    SkipSpace();
    if (!TakeReserved(word)) Fail("expected '" + std::string(word) + "'");
  }
  bool AtBlockEnd() {
    if (AtEnd() || Peek() == ')' || Looking(";;") || Looking(";&")) return true;
    const std::string word = PeekWord();
    for (std::string_view end : {"then", "elif", "else", "fi", "esac", "do", "done", "}"}) {
      if (word == end) return true;
    }
    return false;
  }

  Command Block() {
    Nest nest(*this);
    Command block = New(Kind::kSequence);
    SkipSpace();
    const std::size_t begin = at_;
    while (!AtBlockEnd()) {
      Statement(block.parts);
      SkipSpace();
    }
    block.line = LineOf(begin);
    block.text = Excerpt(begin, at_);
    return block;
  }

  void Statement(std::vector<Command>& into) {
    Command command = AndOr();
    SkipBlanks();
    if (Peek() == '&') ++at_;
    SkipBlanks();
    if (Peek() == ';' && Peek(1) != ';' && Peek(1) != '&') ++at_;
    SkipBlanks();
    if (Peek() == '\n') LineFeed();
    if (AtEnd() && !pending_.empty()) HereDocuments();
    Attach(command);
    into.push_back(std::move(command));
  }

  // Here-documents come after the line that names them: hand them to their redirections, in order.
  void Attach(Command& command) {
    if (bodies_.empty()) return;
    for (Redirection& redirection : command.redirections) {
      const bool here = redirection.op == "<<" || redirection.op == "<<-";
      if (!here || redirection.here_line != 0 || bodies_.empty()) continue;
      redirection.here_document = std::move(bodies_.front().text);
      redirection.here_line = bodies_.front().line;
      bodies_.erase(bodies_.begin());
    }
    for (Command& part : command.parts) Attach(part);
  }

  Command AndOr() {
    SkipBlanks();
    const std::size_t begin = at_;
    Command left = Pipeline();
    for (;;) {
      SkipBlanks();
      const bool both = Looking("&&");
      if (!both && !Looking("||")) return left;
      at_ += 2;
      SkipNewlines();
      Command joined = NewAt(both ? Kind::kAnd : Kind::kOr, at_);
      joined.line = left.line;
      joined.parts.push_back(std::move(left));
      joined.parts.push_back(Pipeline());
      joined.text = Excerpt(begin, at_);
      left = std::move(joined);
      Nested(left);
    }
  }
  // A long chain is a deep tree.
  void Nested(const Command& command) const {
    int depth = 0;
    for (const Command* at = &command; !at->parts.empty(); at = &at->parts.front()) {
      if (++depth > kMaxNesting) Fail("too long a list");
    }
  }

  void SkipNewlines() {
    for (SkipBlanks(); Peek() == '\n'; SkipBlanks()) LineFeed();
  }

  Command Pipeline() {
    Nest nest(*this);
    SkipBlanks();
    if (Peek() == '!' && IsBlank(Peek(1))) {
      Command no = New(Kind::kNot);
      ++at_;
      no.parts.push_back(Pipeline());
      return no;
    }
    Command first = One();
    SkipBlanks();
    if (Peek() != '|' || Peek(1) == '|') return first;
    Command pipe = New(Kind::kPipe);
    pipe.line = first.line;
    pipe.text = first.text + " | ...";
    pipe.parts.push_back(std::move(first));
    while (Peek() == '|' && Peek(1) != '|') {
      ++at_;
      if (Peek() == '&') ++at_;
      SkipNewlines();
      pipe.parts.push_back(One());
      SkipBlanks();
    }
    return pipe;
  }

  Command One() {
    Nest nest(*this);
    SkipBlanks();
    const std::size_t begin = at_;
    Command command = Unredirected();
    if (command.kind != Kind::kSimple && command.kind != Kind::kFunction) {
      for (SkipBlanks(); AtRedirection(); SkipBlanks()) command.redirections.push_back(Redirect());
    }
    if (at_ == begin) Fail("this is not a command");
    if (command.kind != Kind::kNotRead) command.text = Excerpt(begin, at_);
    return command;
  }

  Command Unredirected() {
    if (Looking("((")) return Arith();
    const std::string word = PeekWord();
    if (word == "[[") return Test();
    const bool simple = Peek() != '(' && word != "{" &&
                        std::find(kReserved.begin(), kReserved.end(), word) == kReserved.end() &&
                        word != "select";
    if (simple) return Simple();
    const Compound compound(*this);
    if (Peek() == '(') return Bracketed(Kind::kSubshell, ')');
    if (word == "{") return Bracketed(Kind::kSequence, '}');
    if (word == "if") return If();
    if (word == "case") return Case();
    if (word == "for" || word == "select") return For();
    if (word == "while" || word == "until") return While();
    if (word == "function") return Function();
    for (std::string_view reserved : kReserved) {
      if (word == reserved && word != "in") Fail("'" + word + "' without its beginning");
    }
    return Simple();
  }

  Command Arith() {
    Command command = New(Kind::kArith);
    at_ += 2;
    const std::size_t begin = at_;
    const std::size_t end = MatchingBrackets();
    command.name = std::string(text_.substr(begin, end - begin));
    return command;
  }
  // After "((": answers the offset of the closing "))" and goes past it.
  std::size_t MatchingBrackets() {
    int open = 0;
    for (; !AtEnd(); ++at_) {
      if (Peek() == '(') ++open;
      if (Peek() != ')') continue;
      if (open == 0 && Peek(1) == ')') {
        at_ += 2;
        return at_ - 2;
      }
      if (open-- == 0) break;
    }
    Fail("'((' without '))'");
  }

  Command Bracketed(Kind kind, char close) {
    Command command = New(kind);
    ++at_;
    command.parts.push_back(Block());
    if (Peek() != close) Fail(std::string("expected '") + close + "'");
    ++at_;
    return command;
  }

  Command Test() {
    Command command = New(Kind::kTest);
    at_ += 2;
    for (;;) {
      SkipNewlines();
      if (AtEnd()) Fail("'[[' without ']]'");
      if (PeekWord() == "]]") {
        at_ += 2;
        return command;
      }
      // Operators are words of their own here, also those that end words elsewhere.
      bool taken = false;
      for (std::string_view op : {"&&", "||", "(", ")", "<", ">"}) {
        if (!Looking(op)) continue;
        command.words.push_back(TextWord(std::string(op)));
        at_ += op.size();
        taken = true;
        break;
      }
      if (taken) continue;
      const bool regex = !command.words.empty() && Plain(command.words.back()) == "=~";
      command.words.push_back(regex ? RegexWord() : ReadWord());
    }
  }
  Word RegexWord() {
    Word word;
    word.line = LineOf(at_);
    const std::size_t begin = at_;
    while (!AtEnd() && !IsBlank(Peek()) && Peek() != '\n') ++at_;
    word.parts.push_back(Text(std::string(text_.substr(begin, at_ - begin)), true));
    return word;
  }
  Word TextWord(std::string text) const {
    Word word;
    word.line = LineOf(at_);
    word.parts.push_back(Text(std::move(text), false));
    return word;
  }
  WordPart Text(std::string text, bool quoted) const {
    WordPart part;
    part.line = LineOf(begin_);
    part.text = std::move(text);
    part.quoted = quoted;
    return part;
  }

  Command If() {
    Command command = New(Kind::kIf);
    at_ += 2;
    command.parts.push_back(Block());
    Expect("then");
    command.parts.push_back(Block());
    for (;;) {
      if (TakeReserved("elif")) {
        command.parts.push_back(Block());
        Expect("then");
        command.parts.push_back(Block());
      } else if (TakeReserved("else")) {
        command.parts.push_back(Block());
        Expect("fi");
        return command;
      } else {
        Expect("fi");
        return command;
      }
    }
  }

  Command Case() {
    Command command = New(Kind::kCase);
    at_ += 4;
    SkipBlanks();
    command.words.push_back(ReadWord());
    SkipNewlines();
    Expect("in");
    for (;;) {
      SkipSpace();
      if (TakeReserved("esac")) return command;
      if (AtEnd()) Fail("'case' without 'esac'");
      if (Peek() == '(') ++at_;
      std::vector<Word> patterns;
      for (;;) {
        SkipBlanks();
        patterns.push_back(ReadWord());
        SkipBlanks();
        if (Peek() == '|') {
          ++at_;
        } else if (Peek() == ')') {
          ++at_;
          break;
        } else {
          Fail("expected ')' after a pattern of 'case'");
        }
      }
      command.patterns.push_back(std::move(patterns));
      command.parts.push_back(Block());
      SkipSpace();
      if (Take(";;&") || Take(";&")) {
        command.falls_through = true;
      } else if (!Take(";;") && !AtReserved("esac")) {
        Fail("expected ';;'");
      }
    }
  }

  Command For() {
    Command command = New(Kind::kFor);
    at_ += PeekWord().size();
    SkipBlanks();
    if (Looking("((")) {
      at_ += 2;
      const std::size_t begin = at_;
      const std::size_t end = MatchingBrackets();
      command.why = std::string(text_.substr(begin, end - begin));
    } else {
      command.name = PeekWord();
      if (command.name.empty() || !IsNameStart(command.name.front())) Fail("'for' without a name");
      at_ += command.name.size();
      SkipNewlines();
      command.in = TakeReserved("in");
      if (command.in) {
        for (SkipBlanks(); !AtEnd() && Peek() != '\n' && Peek() != ';'; SkipBlanks()) {
          command.words.push_back(ReadWord());
        }
      }
    }
    Expect("do");
    command.parts.push_back(Block());
    Expect("done");
    return command;
  }

  Command While() {
    Command command = New(Kind::kWhile);
    command.until = PeekWord() == "until";
    at_ += 5;
    command.parts.push_back(Block());
    Expect("do");
    command.parts.push_back(Block());
    Expect("done");
    return command;
  }

  Command Function() {
    Command command = New(Kind::kFunction);
    at_ += 8;
    command.name = PeekWord();
    at_ += command.name.size();
    SkipBlanks();
    if (Peek() == '(') {
      ++at_;
      SkipBlanks();
      if (!Take(")")) Fail("expected ')'");
    }
    SkipNewlines();
    command.parts.push_back(One());
    return command;
  }

  Command Simple() {
    Command command = New(Kind::kSimple);
    for (;;) {
      SkipBlanks();
      if (AtRedirection()) {
        command.redirections.push_back(Redirect());
        continue;
      }
      if (AtEnd() || EndsWord(Peek())) {
        // "name() { ... }"
        if (Peek() == '(' && command.words.size() == 1 && command.assignments.empty()) {
          const auto name = Plain(command.words.front());
          std::size_t ahead = 1;
          while (IsBlank(Peek(ahead))) ++ahead;
          if (name && Peek(ahead) == ')') {
            at_ += ahead + 1;
            SkipNewlines();
            Command function = NewAt(Kind::kFunction, at_);
            function.line = command.line;
            function.text = command.text;
            function.name = *name;
            const Compound compound(*this);
            function.parts.push_back(One());
            return function;
          }
        }
        if (Peek() == '(' || Peek() == '<' || Peek() == '>') Fail("this is not read here");
        return command;
      }
      if (AtAssignment()) {
        // After a command's name only those of declare and export are assignments.
        const bool declares = command.words.empty() || Declares(command.words.front());
        if (declares) {
          command.assignments.push_back(ReadAssignment());
          continue;
        }
      }
      command.words.push_back(ReadWord());
    }
  }
  static bool Declares(const Word& word) {
    const auto name = Plain(word);
    if (!name) return false;
    for (std::string_view builtin : {"export", "declare", "local", "readonly", "typeset"}) {
      if (*name == builtin) return true;
    }
    return false;
  }

  bool AtAssignment() const {
    std::size_t i = at_;
    if (i >= text_.size() || !IsNameStart(text_[i])) return false;
    while (i < text_.size() && IsNameChar(text_[i])) ++i;
    if (i < text_.size() && text_[i] == '[') {
      const std::size_t close = text_.find_first_of("]\n", i);
      if (close == std::string_view::npos || text_[close] != ']') return false;
      i = close + 1;
    }
    if (i < text_.size() && text_[i] == '+') ++i;
    return i < text_.size() && text_[i] == '=';
  }

  Assignment ReadAssignment() {
    Assignment assignment;
    assignment.line = LineOf(at_);
    while (IsNameChar(Peek())) assignment.name.push_back(text_[at_++]);
    if (Peek() == '[') {
      const std::size_t close = text_.find(']', at_);
      assignment.index = std::string(text_.substr(at_ + 1, close - at_ - 1));
      at_ = close + 1;
    }
    assignment.append = Take("+");
    ++at_;  // '='
    if (Peek() == '(') {
      ++at_;
      assignment.array = true;
      for (;;) {
        SkipNewlines();
        if (AtEnd()) Fail("'(' of an array without ')'");
        if (Peek() == ')') break;
        if (std::string_view("|&;<>(").find(Peek()) != std::string_view::npos) {
          Fail("this is not read in an array");
        }
        assignment.elements.push_back(ReadWord());
      }
      ++at_;
    } else if (!EndsWord(Peek()) && !AtEnd()) {
      assignment.value = ReadWord();
    }
    assignment.value.line = assignment.line;
    return assignment;
  }

  bool AtRedirection() const {
    std::size_t i = at_;
    while (i < text_.size() && IsDigit(text_[i])) ++i;
    if (i >= text_.size()) return false;
    if (text_[i] == '&') return i == at_ && i + 1 < text_.size() && text_[i + 1] == '>';
    if (text_[i] != '<' && text_[i] != '>') return false;
    return i + 1 >= text_.size() || text_[i + 1] != '(';  // <( ) is a word
  }

  Redirection Redirect() {
    Redirection redirection;
    redirection.line = LineOf(at_);
    std::string fd;
    while (IsDigit(Peek())) fd.push_back(text_[at_++]);
    for (std::string_view op :
         {"&>>", "&>", "<<<", "<<-", "<<", ">>", ">&", "<&", ">|", "<>", "<", ">"}) {
      if (!Take(op)) continue;
      redirection.op = fd + std::string(op);
      SkipBlanks();
      if (op == "<<" || op == "<<-") {
        redirection.op = std::string(op);
        bool quoted = false;
        std::string delimiter = Delimiter(quoted);
        pending_.push_back({std::move(delimiter), op == "<<-", quoted});
      } else {
        redirection.target = ReadWord();
      }
      return redirection;
    }
    Fail("this is not a redirection");
  }
  std::string Delimiter(bool& quoted) {
    std::string delimiter;
    while (!AtEnd() && !EndsWord(Peek())) {
      const char c = text_[at_++];
      const bool quote = c == '\'' || c == '"' || c == '\\';
      quoted = quoted || quote;
      if (!quote) delimiter.push_back(c);
    }
    if (delimiter.empty()) Fail("'<<' without a delimiter");
    return delimiter;
  }

  // Words.
  Word ReadWord() {
    Nest nest(*this);
    SkipBlanks();
    Word word;
    word.line = LineOf(at_);
    const std::size_t begin = at_;
    Parts(word.parts, /*quoted=*/false, Ends::kWord);
    if (at_ == begin) {
      if (AtEnd()) Fail("the script ends here");
      Fail(std::string("'") + Peek() + "' is not read here");
    }
    return word;
  }

  // Reads parts up to |ends|, which is not taken.
  enum class Ends { kWord, kQuote, kBrace };
  bool At(Ends ends) const {
    if (ends == Ends::kWord) return EndsWord(Peek());
    return Peek() == (ends == Ends::kQuote ? '"' : '}');
  }
  void Parts(std::vector<WordPart>& parts, bool quoted, Ends ends) {
    std::string text;
    begin_ = at_;
    const auto flush = [&](bool was_quoted) {
      if (!text.empty()) parts.push_back(Text(std::move(text), was_quoted));
      text.clear();
      begin_ = at_;
    };
    while (!AtEnd()) {
      const char c = Peek();
      if ((c == '<' || c == '>') && Peek(1) == '(' && !quoted) {
        flush(quoted);
        parts.push_back(CommandPart(2, false));
        continue;
      }
      if (At(ends)) break;
      if (c == '\\') {
        if (Peek(1) == '\n') {
          at_ += 2;
          flush(quoted);  // what follows stands in another line
        } else if (Looking("\\\r\n")) {
          at_ += 3;
          flush(quoted);
        } else if (quoted && std::string_view("$`\"\\").find(Peek(1)) == std::string_view::npos) {
          text.push_back(c);
          ++at_;
        } else {
          flush(quoted);
          ++at_;
          if (!AtEnd()) parts.push_back(Text(std::string(1, text_[at_++]), true));
        }
      } else if (c == '\'' && !quoted) {
        flush(quoted);
        ++at_;
        const std::size_t end = text_.find('\'', at_);
        if (end == std::string_view::npos) Fail("a quote is not closed");
        parts.push_back(Text(std::string(text_.substr(at_, end - at_)), true));
        at_ = end + 1;
      } else if (c == '$' && Peek(1) == '\'' && !quoted) {
        flush(quoted);
        at_ += 2;
        parts.push_back(Text(AnsiQuoted(), true));
      } else if (c == '"' && !quoted) {
        flush(quoted);
        ++at_;
        const std::size_t before = parts.size();
        Nest nest(*this);
        Parts(parts, /*quoted=*/true, Ends::kQuote);
        if (AtEnd()) Fail("a quote is not closed");
        ++at_;
        if (parts.size() == before) parts.push_back(Text("", true));
      } else if (c == '$' && Peek(1) == '"' && !quoted) {
        ++at_;
      } else if (c == '`') {
        flush(quoted);
        parts.push_back(Backticks(quoted));
      } else if (c == '$' && IsExpansion(Peek(1))) {
        flush(quoted);
        parts.push_back(Expansion(quoted));
      } else {
        if (text.empty()) begin_ = at_;
        text.push_back(c);
        ++at_;
        if (c == '\n') flush(quoted);
      }
    }
    flush(quoted);
  }

  std::string AnsiQuoted() {
    std::string text;
    while (!AtEnd()) {
      char c = text_[at_++];
      if (c == '\'') return text;
      if (c != '\\' || AtEnd()) {
        text.push_back(c);
        continue;
      }
      c = text_[at_++];
      constexpr std::string_view kFrom = "ntr\\'\"abfve";
      constexpr std::string_view kTo = "\n\t\r\\'\"\a\b\f\v\x1b";
      const std::size_t i = kFrom.find(c);
      if (i != std::string_view::npos) {
        text.push_back(kTo[i]);
      } else {
        text.push_back('\\');
        text.push_back(c);
      }
    }
    Fail("a quote is not closed");
  }

  static bool IsExpansion(char next) {
    return IsNameChar(next) || std::string_view("{(@*#?$!-").find(next) != std::string_view::npos;
  }

  WordPart Backticks(bool quoted) {
    WordPart part;
    part.kind = PartKind::kCommand;
    part.quoted = quoted;
    const std::size_t begin = at_++;
    while (!AtEnd() && Peek() != '`') at_ += Peek() == '\\' ? 2 : 1;
    if (AtEnd()) Fail("a '`' is not closed");
    ++at_;
    part.text = std::string(text_.substr(begin, at_ - begin));
    return part;
  }

  // $( ... ) and <( ... ): found by parsing what is in them, as quotes, comments and here-documents
  // in there may hold any bracket.
  WordPart CommandPart(std::size_t opening, bool quoted) {
    Nest nest(*this);
    WordPart part;
    part.kind = PartKind::kCommand;
    part.quoted = quoted;
    const std::size_t begin = at_;
    at_ += opening;
    std::vector<Pending> outer_pending;
    std::vector<Body> outer_bodies;
    std::swap(outer_pending, pending_);
    std::swap(outer_bodies, bodies_);
    {
      const Compound compound(*this);
      Block();
      if (Peek() != ')') Fail("a '$(' is not closed");
    }
    std::swap(outer_pending, pending_);
    std::swap(outer_bodies, bodies_);
    ++at_;
    part.text = std::string(text_.substr(begin, at_ - begin));
    return part;
  }

  WordPart Expansion(bool quoted) {
    if (Looking("$((")) {
      const std::size_t back = at_;
      try {
        WordPart part;
        part.kind = PartKind::kArithmetic;
        part.quoted = quoted;
        at_ += 3;
        const std::size_t begin = at_;
        const std::size_t end = MatchingBrackets();
        part.name = std::string(text_.substr(begin, end - begin));
        part.text = std::string(text_.substr(back, at_ - back));
        return part;
      } catch (const SyntaxError&) {
        at_ = back;  // $( (subshell) ... )
      }
    }
    if (Looking("$(")) return CommandPart(2, quoted);
    WordPart part;
    part.kind = PartKind::kParameter;
    part.quoted = quoted;
    part.line = LineOf(at_);
    const std::size_t begin = at_;
    ++at_;
    if (Peek() == '{') {
      Braces(part, quoted);
    } else if (IsNameStart(Peek())) {
      while (IsNameChar(Peek())) part.name.push_back(text_[at_++]);
    } else {
      part.name.push_back(text_[at_++]);
    }
    part.text = std::string(text_.substr(begin, at_ - begin));
    return part;
  }

  void Braces(WordPart& part, bool quoted) {
    Nest nest(*this);
    ++at_;
    if (Peek() == '#' && Peek(1) != '}') {
      part.length = true;
      ++at_;
    } else if (Peek() == '!') {
      part.op = "!";  // indirection: never decided here
      ++at_;
    }
    if (IsNameStart(Peek())) {
      while (IsNameChar(Peek())) part.name.push_back(text_[at_++]);
    } else if (IsDigit(Peek())) {
      while (IsDigit(Peek())) part.name.push_back(text_[at_++]);
    } else if (!AtEnd()) {
      part.name.push_back(text_[at_++]);
    }
    if (Peek() == '[') {
      const std::size_t close = text_.find_first_of("]\n", at_);
      if (close == std::string_view::npos || text_[close] != ']') Fail("'[' without ']'");
      part.index = std::string(text_.substr(at_ + 1, close - at_ - 1));
      at_ = close + 1;
    }
    for (std::string_view op : {":-", ":=", ":?", ":+", "##", "%%", "//", "^^", ",,", "-",
                                "=",  "?",  "+",  "#",  "%",  "/",  ":",  "^",  ",",  "@"}) {
      if (!Take(op)) continue;
      if (part.op != "!") part.op = std::string(op);
      break;
    }
    Parts(part.operand, quoted && !Looking("\""), Ends::kBrace);
    if (Peek() != '}') Fail("a '${' is not closed");
    ++at_;
  }

  struct Body {
    std::string text;
    int line;
  };

  std::string_view text_;
  int first_line_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the text that is being read
  int depth_ = 0;
  int compounds_ = 0;
  std::vector<Unclosed> unclosed_;
  std::vector<std::size_t> lines_;
  std::vector<Pending> pending_;
  std::vector<Body> bodies_;
};

}  // namespace

Command ParseShell(std::string_view text, int first_line) {
  return Parser(text.substr(0, kMaxScriptBytes), first_line).Script();
}

}  // namespace nam56r::script
