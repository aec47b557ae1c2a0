using System.Buffers;
using BenchmarkDotNet.Attributes;
using MailProxy.Protocols.Imap;
using MailProxy.Protocols.Sasl;

namespace MailProxy.Benchmarks.Parsers;

/// <summary>What a client says before it is spliced.</summary>
public class ImapBenchmarks
{
    private const int MessageLimit = 9_216;

    private readonly ReadOnlySequence<byte> _login = Octets.Of("A0001 LOGIN alice@example.org \"correct horse battery staple\"\r\n");
    private readonly ReadOnlySequence<byte> _literals = Octets.Of("A0001 LOGIN {17+}\r\nalice@example.org {28+}\r\ncorrect horse battery staple\r\n");

    // NUL alice@example.org NUL correct horse battery staple
    private readonly ReadOnlySequence<byte> _authenticate = Octets.Of(
        "A0001 AUTHENTICATE PLAIN AGFsaWNlQGV4YW1wbGUub3JnAGNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU=\r\n");

    [Benchmark]
    public long Split_line() => Split(_login).Bytes.Length;

    [Benchmark]
    public long Split_two_literals() => Split(_literals).Bytes.Length;

    [Benchmark]
    public int Login_quoted() => LogIn(_login);

    [Benchmark]
    public int Login_literals() => LogIn(_literals);

    [Benchmark]
    public int Authenticate_plain()
    {
        var arguments = new ImapArgumentReader(Parse(_authenticate).Arguments.Span);
        Expect.That(arguments.TryReadAtom(out _) && arguments.TryReadSpace());
        Expect.Done(SaslBase64.TryDecode(new ReadOnlySequence<byte>(arguments.Rest.ToArray()), true, MessageLimit, out var message));
        Expect.Done(SaslPlain.TryParse(message, out var plain));
        return plain!.Password.Length;
    }

    private static ImapCommandFrame Split(in ReadOnlySequence<byte> buffer)
    {
        Expect.That(ImapCommandReader.TryRead(buffer, ImapReadLimits.BeforeLogin, out var frame) == ImapReadStatus.Done);
        return frame;
    }

    private static ImapCommand Parse(in ReadOnlySequence<byte> buffer)
    {
        Expect.Done(ImapCommand.TryParse(Split(buffer).Bytes, out var command, out _));
        return command!;
    }

    private static int LogIn(in ReadOnlySequence<byte> buffer)
    {
        var arguments = new ImapArgumentReader(Parse(buffer).Arguments.Span);
        Expect.That(arguments.TryReadAstring(out var user) && arguments.TryReadSpace());
        Expect.That(arguments.TryReadAstring(out var password) && arguments.AtEnd);
        return user.Length + password.Length;
    }
}
