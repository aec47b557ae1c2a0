using System.Buffers;

namespace MailProxy.Protocols.Sieve;

/// <summary>
/// One line of a server (RFC 5804 1.3, 1.7, 2):
/// <c>("OK" / "NO" / "BYE") [SP "(" code [SP code-data] ")"] [SP string] CRLF / string [SP string] CRLF</c>.
/// </summary>
/// <param name="Kind">How it begins.</param>
/// <param name="Code">The response code in upper case, without its data: <c>TRYLATER</c>, <c>REFERRAL</c>, <c>QUOTA/MAXSIZE</c>; empty: none.</param>
/// <param name="CodeText">The first string of the code's data, e.g. the URL of a referral; empty: none.</param>
/// <param name="Text">The human text; for <see cref="SieveResponseKind.Data"/> the first string.</param>
/// <param name="Value">For <see cref="SieveResponseKind.Data"/> the second string; null: there is none.</param>
public sealed record SieveResponse(SieveResponseKind Kind, string Code, string CodeText, string Text, string? Value)
{
    /// <summary>Reads the first line of <paramref name="buffer"/>, literals included.</summary>
    /// <param name="buffer">From the server.</param>
    /// <param name="limits">TooLong beyond them.</param>
    /// <param name="response">The response when Done.</param>
    /// <param name="end">Behind the line, also when Malformed if its end can be told.</param>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, SieveLimits limits, out SieveResponse? response, out SequencePosition end)
    {
        response = null;
        var status = SieveLineReader.TryRead(buffer, limits, SieveLiteralForm.FromServer, out var line, out end);
        if (status != ReadStatus.Done)
        {
            return status;
        }

        response = Parse(line!);
        return response is null ? ReadStatus.Malformed : ReadStatus.Done;
    }

    private static SieveResponse? Parse(SieveLine line)
    {
        if (line.Tokens is [{ Kind: SieveTokenKind.Text } first, ..])
        {
            return line.HasOnlyStrings ? new(SieveResponseKind.Data, "", "", first.Text, line.Tokens.Count > 1 ? line.Tokens[1].Text : null) : null;
        }

        SieveResponseKind? kind = line.Verb switch
        {
            "OK" => SieveResponseKind.Ok,
            "NO" => SieveResponseKind.No,
            "BYE" => SieveResponseKind.Bye,
            _ => null,
        };
        if (kind is null)
        {
            return null;
        }

        var rest = line.Tokens.Skip(1).ToList();
        var (code, codeText) = ("", "");
        if (rest is [{ Kind: SieveTokenKind.Open }, { Kind: SieveTokenKind.Atom } name, ..])
        {
            var close = EndOfCode(rest);
            if (close < 0)
            {
                return null;
            }

            code = name.Text.ToUpperInvariant();
            codeText = rest.Take(close).Where(token => token.Kind == SieveTokenKind.Text).Select(token => token.Text).FirstOrDefault("");
            rest.RemoveRange(0, close + 1);
        }

        return rest switch
        {
            [] => new(kind.Value, code, codeText, "", null),
            [{ Kind: SieveTokenKind.Text } text] => new(kind.Value, code, codeText, text.Text, null),
            _ => null,
        };
    }

    // Whatever its data opens, they close (extension-data); -1: they do not.
    private static int EndOfCode(List<SieveToken> tokens)
    {
        var depth = 0;
        return tokens.FindIndex(token =>
        {
            depth += token.Kind switch { SieveTokenKind.Open => 1, SieveTokenKind.Close => -1, _ => 0 };
            return depth == 0;
        });
    }
}
