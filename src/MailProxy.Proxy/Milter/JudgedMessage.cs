using MailProxy.Protocols.Milter;

namespace MailProxy.Proxy.Milter;

/// <summary>A message as the milters before have left it: its header apart, its body where it was spooled or where a milter put a new one.</summary>
internal sealed class JudgedMessage
{
    // RFC 5322 knows no limit; Postfix takes 100 kB of it. What is longer is no header but an attack on whoever reads it.
    private const int MostHeader = 1024 * 1024;

    // Nearly every header.
    private const int FirstRead = 16 * 1024;

    private bool _isReplaced;

    private JudgedMessage(EditedHeader header, MessageSpool body, long bodyStart) => (Header, Body, BodyStart) = (header, body, bodyStart);

    /// <summary>The header.</summary>
    public EditedHeader Header { get; }

    /// <summary>Where the body is.</summary>
    public MessageSpool Body { get; private set; }

    /// <summary>Where it begins there.</summary>
    public long BodyStart { get; private set; }

    /// <summary>It differs from what came.</summary>
    public bool IsEdited => Header.IsEdited || _isReplaced;

    /// <summary>Takes a spooled message apart; null: its header is too long. Errors: IOException.</summary>
    public static async ValueTask<JudgedMessage?> ReadAsync(MessageSpool spool)
    {
        var most = (int)Math.Min(spool.Length, MostHeader);
        var octets = new byte[Math.Min(most, FirstRead)];
        var length = 0;
        var body = -1;
        while (body < 0 && length < most)
        {
            if (length == octets.Length)
            {
                Array.Resize(ref octets, Math.Min(most, 2 * octets.Length));
            }

            // All of it again: what ends the header may have come in two parts.
            length += await spool.ReadAsync(length, octets.AsMemory(length));
            body = HeaderFieldReader.FindBody(octets.AsSpan(0, length));
        }

        if (body < 0 && spool.Length > most)
        {
            return null;
        }

        var end = body < 0 ? length : body;
        return new(new EditedHeader(HeaderFieldReader.Read(octets.AsMemory(0, end))), spool, end);
    }

    /// <summary>Another body, all of a spool.</summary>
    public void Replace(MessageSpool body) => (Body, BodyStart, _isReplaced) = (body, 0, true);
}
