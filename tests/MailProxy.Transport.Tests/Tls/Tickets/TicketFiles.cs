using MailProxy.Testing;
using MailProxy.Transport.Tls.Tickets;

namespace MailProxy.Transport.Tests.Tls.Tickets;

/// <summary>Ticket key files for tests; a key is known by its number.</summary>
internal static class TicketFiles
{
    /// <summary>A record whose name and secrets are made of one number.</summary>
    public static byte[] Record(byte number) => [.. Enumerable.Repeat(number, TicketKey.Octets)];

    /// <summary>Writes a file, for its owner only; the same path each time.</summary>
    public static string Write(TempDirectory directory, params byte[] numbers) => WriteOctets(directory, [.. numbers.SelectMany(Record)]);

    /// <summary>Writes a file of any content.</summary>
    public static string WriteOctets(TempDirectory directory, byte[] octets)
    {
        var path = directory.File("ticket.key");
        File.Delete(path);
        File.WriteAllBytes(path, octets);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
