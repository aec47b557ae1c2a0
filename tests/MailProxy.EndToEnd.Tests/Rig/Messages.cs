using System.Globalization;
using System.Text;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>Messages with everything in them that is easily broken: dots, long lines, 8-bit octets, trailing blanks, no subject line twice the same.</summary>
internal static class Messages
{
    /// <summary>A whole message with CRLF line ends.</summary>
    public static string Make(string id, int lines = 5)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"From: Me <me@example.net>\r\nTo: someone@example.org\r\nSubject: message {id}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Message-ID: <{id}@example.net>\r\nDate: Tue, 24 Nov 2026 07:00:00 +0000\r\nMIME-Version: 1.0\r\n")
            .Append("Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
            .Append(".\r\n..\r\n.leading dot\r\ntrailing blank \r\ncaf\u00E9\r\n\r\n");
        for (var i = 0; i < lines; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"line {i} of {id} {new string('x', i % 60)}\r\n");
        }

        return text.ToString();
    }

    /// <summary>The part of a stored message that was sent: behind the trace fields that servers put before it.</summary>
    public static string WithoutTrace(byte[] stored)
    {
        var text = Encoding.Latin1.GetString(stored);
        var start = text.IndexOf("From: Me", StringComparison.Ordinal);
        return start < 0 ? text : text[start..];
    }
}
