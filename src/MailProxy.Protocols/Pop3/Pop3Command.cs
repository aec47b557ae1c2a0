using System.Buffers;

namespace MailProxy.Protocols.Pop3;

/// <summary>One POP3 command line (RFC 1939 3): <c>keyword [SP argument]</c>.</summary>
/// <param name="Verb">Upper case, 3 or 4 letters (longer for XCLIENT).</param>
/// <param name="Argument">Everything behind the first space, unjudged apart from what a line excludes (CR, LF, NUL).</param>
public readonly record struct Pop3Command(string Verb, ReadOnlySequence<byte> Argument)
{
    /// <summary>Parses a line without its CRLF. Malformed when the keyword is not 1*20 letters.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> line, out Pop3Command command) => throw new NotImplementedException();
}
