using System.Buffers;
using System.Net;
using MailProxy.Protocols.ProxyHeader;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.ProxyHeader;

public sealed class ProxyHeaderMissingTests
{
    public static TheoryData<string> Headers()
    {
        var data = new TheoryData<string>("PROXY UNKNOWN\r\n", "PROXY UNKNOWN and more\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "PROXY TCP6 :: ::1 65535 143\r\n");
        foreach (var forwarded in new[]
        {
            new ForwardedConnection { IsLocal = true },
            new ForwardedConnection { Source = IPEndPoint.Parse("192.0.2.7:1"), Destination = IPEndPoint.Parse("192.0.2.5:143") },
            new ForwardedConnection { Source = IPEndPoint.Parse("[2001:db8::7]:1"), Destination = IPEndPoint.Parse("[2001:db8::5]:143"), Tls = new ForwardedTls { Version = "TLSv1.3", CommonName = "client" }, Authority = "mail.example.org" },
        })
        {
            var output = new ArrayBufferWriter<byte>();
            ProxyHeaderWriter.Write(output, forwarded);
            data.Add(Cuts.Text(output.WrittenSpan));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void Who_receives_what_is_missing_gets_the_header_and_not_an_octet_more(string header)
    {
        var octets = Cuts.Octets(header + "\u0016\u0003\u0001 what follows");
        for (var most = 1; most <= 40; most++)
        {
            var length = 0;
            while (ProxyHeaderReader.TryRead(new ReadOnlySequence<byte>(octets[..length]), out _, out _) == ReadStatus.NeedMore)
            {
                length += Math.Clamp(ProxyHeaderReader.Missing(octets.AsSpan(0, length)), 1, most);
            }

            Assert.Equal(header.Length, length);
        }
    }

    [Fact]
    public void At_first_so_much_is_missing_as_the_shortest_header_has() => Assert.Equal("PROXY UNKNOWN\r\n".Length, ProxyHeaderReader.Missing([]));
}
