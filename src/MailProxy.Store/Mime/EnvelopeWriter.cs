using System.Buffers;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace MailProxy.Store.Mime;

/// <summary>
/// Writes <c>envelope = "(" date SP subject SP from SP sender SP reply-to SP to SP cc SP bcc SP in-reply-to SP message-id ")"</c>
/// (RFC 9051 7.5.2); an address is <c>"(" name SP adl SP mailbox SP host ")"</c>.
/// </summary>
internal static class EnvelopeWriter
{
    // A list of so many octets is a mailing by hand; what is beyond is left out of the ENVELOPE, not of the message.
    private const int AddressLimit = 262_144;

    // RFC 5322 groups do not nest; MimeKit reads some that do.
    private const int GroupDepthLimit = 3;

    /// <summary>Writes the envelope of the message whose header the node holds.</summary>
    public static void Write(IBufferWriter<byte> writer, MimeNode message)
    {
        writer.Write("("u8);
        NStringWriter.WriteValue(writer, message.Field(HeaderId.Date));
        writer.Write(" "u8);
        NStringWriter.WriteValue(writer, message.Field(HeaderId.Subject));
        var from = Addresses(message, HeaderId.From);
        WriteList(writer, from);

        // RFC 9051 7.5.2: absent or empty Sender and Reply-To are told as From.
        WriteList(writer, Addresses(message, HeaderId.Sender) is { Count: > 0 } sender ? sender : from);
        WriteList(writer, Addresses(message, HeaderId.ReplyTo) is { Count: > 0 } replyTo ? replyTo : from);
        WriteList(writer, Addresses(message, HeaderId.To));
        WriteList(writer, Addresses(message, HeaderId.Cc));
        WriteList(writer, Addresses(message, HeaderId.Bcc));
        writer.Write(" "u8);
        NStringWriter.WriteValue(writer, message.Field(HeaderId.InReplyTo));
        writer.Write(" "u8);
        NStringWriter.WriteValue(writer, message.Field(HeaderId.MessageId));
        writer.Write(")"u8);
    }

    private static List<InternetAddress> Addresses(MimeNode message, HeaderId id)
    {
        var all = new List<InternetAddress>();
        foreach (var field in message.Fields.Where(field => field.Id == id))
        {
            var raw = field.RawValue;
            if (InternetAddressList.TryParse(ParserOptions.Default, raw, 0, Math.Min(raw.Length, AddressLimit), out var list))
            {
                all.AddRange(list);
            }
            else if (NStringWriter.Unfold(raw) is { Length: > 0 } text)
            {
                // What cannot be read is shown as a name without an address.
                all.Add(new MailboxAddress(Encoding.UTF8.GetString(text), ""));
            }
        }

        return all;
    }

    private static void WriteList(IBufferWriter<byte> writer, List<InternetAddress> addresses)
    {
        if (addresses.Count == 0)
        {
            writer.Write(" NIL"u8);
            return;
        }

        writer.Write(" ("u8);
        foreach (var address in addresses)
        {
            WriteAddress(writer, address, 0);
        }

        writer.Write(")"u8);
    }

    private static void WriteAddress(IBufferWriter<byte> writer, InternetAddress address, int depth)
    {
        switch (address)
        {
            case GroupAddress group when depth < GroupDepthLimit:
                writer.Write("(NIL NIL "u8);
                NStringWriter.WriteText(writer, group.Name ?? "");
                writer.Write(" NIL)"u8);
                foreach (var member in group.Members)
                {
                    WriteAddress(writer, member, depth + 1);
                }

                writer.Write("(NIL NIL NIL NIL)"u8);
                break;
            case MailboxAddress mailbox:
                writer.Write("("u8);
                WriteName(writer, mailbox.Name);
                writer.Write(" NIL "u8);
                NStringWriter.WriteText(writer, mailbox.LocalPart ?? "");
                writer.Write(" "u8);

                // Never NIL: a NIL host means a group.
                NStringWriter.WriteText(writer, mailbox.Domain ?? "");
                writer.Write(")"u8);
                break;
        }
    }

    // Names leave as the header may hold them: 7-bit, others as encoded words (RFC 2047).
    private static void WriteName(IBufferWriter<byte> writer, string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            writer.Write("NIL"u8);
            return;
        }

        var text = NStringWriter.Clean(name);
        NStringWriter.WriteText(writer, Ascii.IsValid(text) ? text : Encoding.ASCII.GetString(Rfc2047.EncodeText(Encoding.UTF8, text)));
    }
}
