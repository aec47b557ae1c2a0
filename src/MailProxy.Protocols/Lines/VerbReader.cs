using System.Buffers;

namespace MailProxy.Protocols.Lines;

/// <summary>Splits a command line into its verb and the rest: what POP3 and SMTP have in common. Grammar: <c>verb [SP argument]</c>.</summary>
internal static class VerbReader
{
    // XCLIENT and STARTTLS are the longest in use; 20 leaves room and keeps junk short.
    private const int VerbLimit = 20;

    /// <summary>False when the verb is not 1*20 octets that <paramref name="allowed"/> holds. The verb comes in upper case, the argument unjudged.</summary>
    public static bool TrySplit(in ReadOnlySequence<byte> line, SearchValues<byte> allowed, out string verb, out ReadOnlySequence<byte> argument)
    {
        verb = "";
        argument = default;
        Span<byte> head = stackalloc byte[VerbLimit + 1];
        var length = (int)Math.Min(line.Length, head.Length);
        head = head[..length];
        line.Slice(0, length).CopyTo(head);
        var space = head.IndexOf((byte)' ');
        var name = space < 0 ? head : head[..space];
        if (name.Length is 0 or > VerbLimit || name.IndexOfAnyExcept(allowed) >= 0)
        {
            return false;
        }

        verb = string.Create(name.Length, name, static (text, octets) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = char.ToUpperInvariant((char)octets[index]);
            }
        });
        argument = space < 0 ? ReadOnlySequence<byte>.Empty : line.Slice(space + 1);
        return true;
    }
}
