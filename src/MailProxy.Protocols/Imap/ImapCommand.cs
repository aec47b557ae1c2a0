using System.Buffers;
using System.Text;

namespace MailProxy.Protocols.Imap;

/// <summary>Tag, verb and unparsed arguments of one command.</summary>
/// <param name="Tag">As the client wrote it; judged: only tag characters of RFC 9051.</param>
/// <param name="Verb">Upper case, e.g. <c>LOGIN</c>. For <c>UID FETCH</c> it is <c>UID FETCH</c>.</param>
/// <param name="Arguments">What follows the verb's space; empty when there is nothing. Contiguous.</param>
public sealed record ImapCommand(string Tag, string Verb, ReadOnlyMemory<byte> Arguments)
{
    // Clients count up from A1; no verb of any extension is longer than GETQUOTAROOT. What is longer is junk, and would be echoed.
    private const int TagLimit = 64;
    private const int VerbLimit = 32;

    /// <summary>Parses the bytes of a whole frame. Malformed: <paramref name="tag"/> is still given if one could be read, so that BAD can carry it.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> frame, out ImapCommand? command, out string? tag)
    {
        command = null;
        ReadOnlyMemory<byte> octets = frame.ToArray();
        if (!TryReadWord(octets, 0, ImapOctets.Tag, TagLimit, out tag, out var next) || tag.Length == octets.Length)
        {
            return ReadStatus.Malformed;
        }

        if (!TryReadWord(octets, next, ImapOctets.Atom, VerbLimit, out var verb, out next))
        {
            return ReadStatus.Malformed;
        }

        verb = verb.ToUpperInvariant();
        if (verb == "UID" && TryReadWord(octets, next, ImapOctets.Atom, VerbLimit, out var second, out var behind))
        {
            verb = "UID " + second.ToUpperInvariant();
            next = behind;
        }

        command = new(tag, verb, next < octets.Length ? octets[next..] : default);
        return ReadStatus.Done;
    }

    // A word that ends at a space or at the end; next is behind the space.
    private static bool TryReadWord(ReadOnlyMemory<byte> octets, int from, SearchValues<byte> allowed, int limit, out string word, out int next)
    {
        word = null!;
        next = from;
        if (from >= octets.Length)
        {
            return false;
        }

        var rest = octets.Span[from..];
        var length = rest.IndexOfAnyExcept(allowed);
        length = length < 0 ? rest.Length : length;
        if (length == 0 || length > limit || (length < rest.Length && rest[length] != ' '))
        {
            return false;
        }

        word = Encoding.ASCII.GetString(rest[..length]);
        next = from + length + 1;
        return true;
    }
}
