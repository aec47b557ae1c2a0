using System.Buffers;
using System.Globalization;
using System.Text;
using MailProxy.Protocols.Imap;
using MimeKit;

namespace MailProxy.Store.Mime;

/// <summary>Writes header values as <c>nstring = string / "NIL"</c> (RFC 9051 9): unfolded, otherwise as they stand in the message.</summary>
internal static class NStringWriter
{
    // A Subject or a Message-ID of more is no use to anyone; the header itself stays whole in the message.
    private const int ValueLimit = 65_536;

    /// <summary>The field's value, or NIL when the field is missing.</summary>
    public static void WriteValue(IBufferWriter<byte> writer, Header? field)
    {
        if (field is null)
        {
            writer.Write("NIL"u8);
        }
        else
        {
            ImapStringWriter.WriteServerString(writer, Unfold(field.RawValue));
        }
    }

    /// <summary>Text as a string: UTF-8, control characters made spaces.</summary>
    public static void WriteText(IBufferWriter<byte> writer, string text) =>
        ImapStringWriter.WriteServerString(writer, Encoding.UTF8.GetBytes(Clean(text)));

    /// <summary>A number.</summary>
    public static void WriteNumber(IBufferWriter<byte> writer, long number) =>
        writer.Write(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The octets of a raw value without line ends, NUL and outer white space, cut at a bound.</summary>
    public static byte[] Unfold(ReadOnlySpan<byte> raw)
    {
        var value = new byte[Math.Min(raw.Length, ValueLimit)];
        var length = 0;
        foreach (var octet in raw)
        {
            if (octet is not ((byte)'\r' or (byte)'\n' or 0) && length < value.Length)
            {
                value[length++] = octet;
            }
        }

        return value.AsSpan(0, length).Trim(" \t"u8).ToArray();
    }

    /// <summary>Control characters made spaces: encoded words can hold any.</summary>
    public static string Clean(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
