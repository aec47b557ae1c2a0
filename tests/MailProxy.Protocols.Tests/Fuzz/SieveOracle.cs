using System.Numerics;
using System.Text.RegularExpressions;
using MailProxy.Protocols.Sieve;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>RFC 5804 4 and 1.3, octets as Latin-1, the whole text at once. A token is a letter for its kind with its value: A(tom), T(ext) and the parentheses.</summary>
internal static partial class SieveOracle
{
    /// <summary>The line at the start of the text; Length counts what was read, also of a line that is malformed.</summary>
    public static (ReadStatus Status, int Length, List<(char Kind, string Value)> Tokens) ReadLine(string text, SieveLimits limits, bool isClient)
    {
        var seen = text[..Math.Min(text.Length, limits.Octets)];
        var tokens = new List<(char Kind, string Value)>();
        var isApart = true;
        for (var at = 0; ;)
        {
            var next = Next().Match(seen, at);
            var isWrong = !next.Success || (!isApart && next.Groups["begin"].Success) || (isClient && next.Groups["wait"].Success);
            if (isWrong && seen.IndexOf('\n', at) is var feed)
            {
                return feed >= 0 ? (ReadStatus.Malformed, feed + 1, []) : (seen.Length == limits.Octets ? ReadStatus.TooLong : ReadStatus.NeedMore, 0, []);
            }

            at += next.Length;
            if (next.Groups["end"].Success)
            {
                return (ReadStatus.Done, at, tokens);
            }

            isApart = next.Value is " " or "(";
            if (next.Value == " ")
            {
                continue;
            }

            var value = next.Groups["quoted"].Success ? Regex.Replace(next.Groups["quoted"].Value, @"\\(.)", "$1") : next.Groups["atom"].Value;
            if (next.Groups["size"] is { Success: true } size)
            {
                if (size.Length > 9 || BigInteger.Parse(size.Value) + at > limits.Octets)
                {
                    return (ReadStatus.TooLong, 0, []);
                }

                var length = int.Parse(size.Value);
                if (at + length > seen.Length)
                {
                    return (seen.Length == limits.Octets ? ReadStatus.TooLong : ReadStatus.NeedMore, 0, []);
                }

                value = seen.Substring(at, length);
                at += length;
            }

            tokens.Add((next.Groups["atom"].Success ? 'A' : next.Groups["begin"].Success && next.Value != "(" ? 'T' : next.Value[0], value));
            if (tokens.Count > limits.Tokens)
            {
                return (ReadStatus.TooLong, 0, []);
            }
        }
    }

    /// <summary>What a server's line says; null: no response.</summary>
    public static (SieveResponseKind Kind, string Code, string CodeText, string Text, string? Value)? Respond(List<(char Kind, string Value)> tokens)
    {
        var shape = string.Concat(tokens.Select(token => token.Kind));
        if (Data().IsMatch(shape))
        {
            return (SieveResponseKind.Data, "", "", tokens[0].Value, tokens.Select(token => token.Value).ElementAtOrDefault(1));
        }

        var answer = Answer().Match(shape);
        var word = answer.Success ? Array.IndexOf(["OK", "NO", "BYE"], tokens[0].Value.ToUpperInvariant()) : -1;
        if (word < 0)
        {
            return null;
        }

        var code = answer.Groups["code"];
        var codeText = tokens.Take(code.Length + 1).Skip(1).Where(token => token.Kind == 'T').Select(token => token.Value).FirstOrDefault("");
        return ((SieveResponseKind)(word + 1), code.Success ? tokens[2].Value.ToUpperInvariant() : "", codeText, answer.Groups["text"].Success ? tokens[^1].Value : "", null);
    }

    [GeneratedRegex(
        """
        \G(?:
          \x20
          | (?<end>\r\n)
          | \)
          | (?<begin>
              \(
              | "(?<quoted>(?:[^"\\\r\n\0]|\\["\\])*)"
              | \{(?<size>[0-9]+)(?:\+|(?<wait>))\}\r\n
              | (?<atom>[!#-'*-\[\]-z|}~]+)(?=[^!#-'*-\[\]-z|}~])
            )
        )
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Next();

    [GeneratedRegex(@"\AT+\z")]
    private static partial Regex Data();

    // Whatever is opened within a code is closed within it.
    [GeneratedRegex(@"\AA(?<code>\(A(?:[AT]|(?<open>\()|(?<-open>\)))*(?(open)(?!))\))?(?<text>T)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Answer();
}
