using System.Buffers;
using MailProxy.Protocols.Lines;

namespace MailProxy.Protocols.Smtp;

/// <summary>One SMTP or LMTP command line (RFC 5321 4.1.1): <c>verb [SP argument]</c>.</summary>
/// <param name="Verb">Upper case (<c>MAIL</c>, <c>RCPT</c>, <c>XCLIENT</c> ...).</param>
/// <param name="Argument">Behind the first space, trailing blanks cut.</param>
public readonly record struct SmtpCommand(string Verb, ReadOnlySequence<byte> Argument)
{
    private static readonly SearchValues<byte> LettersAndDigits =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8);

    /// <summary>Parses a line without its CRLF. Malformed when the verb is not 1*20 letters or digits.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> line, out SmtpCommand command)
    {
        // RFC 5321 4.1.1: receivers should tolerate blanks before the CRLF.
        if (VerbReader.TrySplit(CutTrailingBlanks(line), LettersAndDigits, out var verb, out var argument))
        {
            command = new(verb, argument);
            return ReadStatus.Done;
        }

        command = default;
        return ReadStatus.Malformed;
    }

    private static ReadOnlySequence<byte> CutTrailingBlanks(in ReadOnlySequence<byte> line)
    {
        long length = 0;
        long position = 0;
        foreach (var segment in line)
        {
            var last = segment.Span.LastIndexOfAnyExcept((byte)' ', (byte)'\t');
            length = last < 0 ? length : position + last + 1;
            position += segment.Length;
        }

        return line.Slice(0, length);
    }
}
