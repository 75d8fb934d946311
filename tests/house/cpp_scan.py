"""Finds the functions of a C++ file and their lengths, without a compiler: enough for a rule about length, in milliseconds.

What it knows: comments, strings, raw strings, characters, digit separators, preprocessor lines, namespaces, classes,
initialisers in braces, constructors with member initialisers. Lambdas and local classes count as part of their function.
"""
import re

RAW_STRING = re.compile(r'R"([^\s()\\]{0,16})\(')
# A word before a brace at the level of a namespace or class that opens more of that level, and no function.
SCOPES = re.compile(r"\b(namespace|class|struct|union|enum)\b|\bextern\s*$")


def blank(text):
    """`text` with comments, literals and preprocessor lines blanked out; line ends stay."""
    out, i, n, line_start = [], 0, len(text), True

    def skip(end):
        nonlocal i
        out.append(re.sub(r"[^\n]", " ", text[i:end]))
        i = end

    while i < n:
        char = text[i]
        if char == "\n":
            out.append(char)
            i, line_start = i + 1, True
            continue
        if line_start and char == "#":
            end = i
            while end < n and (text[end] != "\n" or text[end - 1] == "\\"):
                end += 1
            skip(end)
            continue
        if not char.isspace():
            line_start = False
        if text.startswith("//", i):
            end = text.find("\n", i)
            skip(n if end < 0 else end)
        elif text.startswith("/*", i):
            end = text.find("*/", i + 2)
            skip(n if end < 0 else end + 2)
        elif char == "R" and (raw := RAW_STRING.match(text, i)) and not (i and (text[i - 1].isalnum() or text[i - 1] == "_")):
            end = text.find(")" + raw[1] + '"', raw.end())
            skip(n if end < 0 else end + len(raw[1]) + 2)
        elif char == '"' or (char == "'" and not (i and text[i - 1].isalnum())):
            end = i + 1
            while end < n and text[end] != char and text[end] != "\n":
                end += 2 if text[end] == "\\" else 1
            skip(min(end + 1, n))
        else:
            out.append(char)
            i += 1
    return "".join(out)


def has_member_initialisers(head):
    """Is the last thing in `head` the list behind the colon of a constructor?"""
    depth = 0
    for i, char in enumerate(head):
        depth += (char in "(<[") - (char in ")>]") if not head.startswith("->", i) and head[i - 1:i + 1] != "->" else 0
        if char == ":" and depth <= 0 and head[i - 1:i] != ":" and head[i + 1:i + 2] != ":" and ")" in head[:i]:
            return True
    return False


def without_template(head):
    """`head` without the `template <...>` before it."""
    while (start := re.match(r"\s*template\s*<", head)):
        depth, i = 1, start.end()
        while i < len(head) and depth:
            depth += (head[i] == "<") - (head[i] == ">")
            i += 1
        head = head[i:]
    return head


def name_of(head):
    call = re.search(r"(operator\s*(?:\(\)|\[\]|[^\s\w(]+|[\w:<>]+)|[~\w]+)\s*\(", head)
    return re.sub(r"\s+", " ", call[1]) if call else "?"


def functions(text):
    """(name, line of the opening brace, lines from that brace to the closing one) of each function, in order."""
    text = blank(text)
    found, stack, head_start, parens = [], [], 0, 0
    line, body = 1, None  # body: (name, first line, depth of the stack) of the function that we are in
    for i, char in enumerate(text):
        if char == "\n":
            line += 1
        elif body is not None:  # only its end matters
            if char == "{":
                stack.append("inside")
            elif char == "}":
                stack.pop()
                if len(stack) == body[2]:
                    found.append((body[0], body[1], line - body[1] + 1))
                    body, head_start = None, i + 1
        elif char in "([":
            parens += 1
        elif char in ")]":
            parens -= 1
        elif char == ";" and parens == 0:
            head_start = i + 1
        elif char == "{":
            head = without_template(text[head_start:i])
            before = head.rstrip()
            if parens > 0 or (stack and stack[-1] == "values"):
                stack.append("values")
            elif re.search(r"(?<![=!<>])=(?!=)", re.sub(r"operator\s*[=!<>+\-*/%^&|~]+", "", re.sub(r"\([^()]*\)", "", head))):
                stack.append("values")
            elif "(" not in head or (SCOPES.search(re.sub(r"\([^()]*\)|<[^<>]*>", "", head)) and not re.search(r"\)\s*(const|noexcept|override|final|\s)*$", before)):
                opens = SCOPES.search(head) or before == "" or before.endswith('extern')
                stack.append("scope" if opens else "values")
                if opens:
                    head_start = i + 1
            elif has_member_initialisers(head) and (before[-1].isalnum() or before[-1] in "_>"):
                stack.append("values")
            else:
                body = (name_of(head), line, len(stack))
                stack.append("function")
                parens = 0
        elif char == "}":
            if stack and stack.pop() == "scope":
                head_start = i + 1
    return found
