using System.Buffers;

namespace MailProxy.Protocols.Imap;

/// <summary>Tag, verb and unparsed arguments of one command.</summary>
/// <param name="Tag">As the client wrote it; judged: only tag characters of RFC 9051.</param>
/// <param name="Verb">Upper case, e.g. <c>LOGIN</c>. For <c>UID FETCH</c> it is <c>UID FETCH</c>.</param>
/// <param name="Arguments">What follows the verb's space; empty when there is nothing. Contiguous.</param>
public sealed record ImapCommand(string Tag, string Verb, ReadOnlyMemory<byte> Arguments)
{
    /// <summary>Parses the bytes of a whole frame. Malformed: <paramref name="tag"/> is still given if one could be read, so that BAD can carry it.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> frame, out ImapCommand? command, out string? tag) =>
        throw new NotImplementedException();
}
