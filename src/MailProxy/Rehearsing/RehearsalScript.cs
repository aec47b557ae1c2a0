using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MailProxy.Proxy;

namespace MailProxy.Rehearsing;

/// <summary>A client's part in a session: what it says, and how the answer begins that it waits for.</summary>
/// <param name="Protocol">What is spoken.</param>
/// <param name="IsEncrypted">TLS from the first octet.</param>
/// <param name="Greeting">How the greeting begins.</param>
/// <param name="Steps">Commands with their CRLF, and how the last line of the answer to each begins; the last command ends the session.</param>
internal sealed record RehearsalScript(MailProtocol Protocol, bool IsEncrypted, string Greeting, IReadOnlyList<(string Say, string Hear)> Steps)
{
    /// <summary>Everybody's, here.</summary>
    public const string Password = "rehearsal";

    private const string User = "nobody@example.invalid";

    private static readonly string PlainMessage = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{User}\0{Password}"));

    private static readonly (string Say, string Hear)[] ImapSteps =
    [
        ($"a LOGIN {User} {Password}\r\n", "a OK"), ("b NOOP\r\n", "b OK"), ("c NOOP\r\n", "c OK"), ("d FETCH 1 BODY[]\r\n", "d OK"), ("e LOGOUT\r\n", "e OK"),
    ];

    private static readonly (string Say, string Hear)[] MailSteps =
    [
        ($"MAIL FROM:<{User}>\r\n", "250"), ($"RCPT TO:<{User}>\r\n", "250"), ("DATA\r\n", "354"),
        ($"Subject: rehearsal\r\n\r\n{string.Concat(Enumerable.Repeat("Nothing of this is kept, and nobody reads it.\r\n", 40))}.\r\n", "250"), ("QUIT\r\n", "221"),
    ];

    /// <summary>Every part there is.</summary>
    public static IReadOnlyList<RehearsalScript> All { get; } =
    [
        new(MailProtocol.Imap, false, "* OK", ImapSteps),
        new(MailProtocol.Imap, false, "* OK", [($"a AUTHENTICATE PLAIN {PlainMessage}\r\n", "a OK"), .. ImapSteps[1..]]),
        new(MailProtocol.Imap, true, "* OK", ImapSteps),
        new(MailProtocol.Pop3, false, "+OK", [($"USER {User}\r\n", "+OK"), ($"PASS {Password}\r\n", "+OK"), ("NOOP\r\n", "+OK"), ("QUIT\r\n", "+OK")]),
        new(MailProtocol.Submission, false, "220", [("EHLO localhost\r\n", "250 "), ($"AUTH PLAIN {PlainMessage}\r\n", "235"), ("NOOP\r\n", "250"), ("QUIT\r\n", "221")]),
        new(MailProtocol.Mx, false, "220", [("EHLO localhost\r\n", "250 "), .. MailSteps]),
        new(MailProtocol.Lmtp, false, "220", [("LHLO localhost\r\n", "250 "), .. MailSteps]),
    ];

    /// <summary>Plays one session from connect to end.</summary>
    /// <exception cref="InvalidDataException">The answer was another one.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task PlayAsync(EndPoint node, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(node, cancellationToken);
        await using Stream plain = new NetworkStream(socket);
        await using var stream = IsEncrypted ? await EncryptAsync(plain, cancellationToken) : plain;
        var answers = new LastLine(stream);
        await answers.WaitAsync(Greeting, cancellationToken);
        foreach (var (say, hear) in Steps)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(say), cancellationToken);
            await answers.WaitAsync(hear, cancellationToken);
        }
    }

    private static async Task<Stream> EncryptAsync(Stream plain, CancellationToken cancellationToken)
    {
        // It talks to itself: whom the certificate is for, and whether others trust it, makes no difference here.
        var encrypted = new SslStream(plain);
        await encrypted.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null }, cancellationToken);
        return encrypted;
    }
}
