using System.Buffers;
using MailProxy.Protocols.Lines;

namespace MailProxy.Protocols.Pop3;

/// <summary>One POP3 command line (RFC 1939 3): <c>keyword [SP argument]</c>.</summary>
/// <param name="Verb">Upper case, 3 or 4 letters (longer for XCLIENT).</param>
/// <param name="Argument">Everything behind the first space, unjudged apart from what a line excludes (CR, LF, NUL).</param>
public readonly record struct Pop3Command(string Verb, ReadOnlySequence<byte> Argument)
{
    private static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Parses a line without its CRLF. Malformed when the keyword is not 1*20 letters.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> line, out Pop3Command command)
    {
        var isValid = VerbReader.TrySplit(line, Letters, out var verb, out var argument);
        command = isValid ? new(verb, argument) : default;
        return isValid ? ReadStatus.Done : ReadStatus.Malformed;
    }
}
