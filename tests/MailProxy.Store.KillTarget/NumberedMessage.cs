using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Store.KillTarget;

/// <summary>Messages that killer and killed make alike, so that each can be told and checked by its number.</summary>
public static class NumberedMessage
{
    /// <summary>Those who get numbered messages.</summary>
    public static IReadOnlyList<string> Users { get; } = [.. Enumerable.Range(0, 7).Select(i => $"user{i}@example.org")];

    /// <summary>Whose mailboxes are in constant change; what is in them has no number.</summary>
    public static string Churner => "churner@example.org";

    /// <summary>One or, for each fifth message, two users.</summary>
    public static IReadOnlyList<string> Recipients(int number)
        => number % 5 == 0 ? [Users[number % 7], Users[(number + 3) % 7]] : [Users[number % 7]];

    /// <summary>The number in the first line, then up to 40,000 octets of anything.</summary>
    public static byte[] Content(int number)
    {
        var random = new Random(number);
        byte[] head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"X-Number: {number}\r\n\r\n"));
        byte[] content = new byte[head.Length + random.Next(number % 10 == 0 ? 40_000 : 3_000)];
        random.NextBytes(content);
        head.CopyTo(content, 0);
        return content;
    }

    /// <summary>What a copy of it is known by.</summary>
    public static byte[] Digest(int number) => SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}")));

    /// <summary>The number of a content, or -1.</summary>
    public static int NumberOf(ReadOnlySpan<byte> content)
    {
        int end = content.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = end < 0 ? content : content[..end];
        return line.StartsWith("X-Number: "u8) && int.TryParse(line[10..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;
    }
}
