using System.Text;
using MailProxy.Proxy.Relay;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

public sealed class HopCounterTests
{
    [Theory]
    [InlineData("Received: a\r\nreceived: b\r\nRECEIVED:c\r\n\r\nReceived: in the body\r\n", 3)]
    [InlineData("Subject: Received: x\r\n Received: folded\r\nX-Received: y\r\nReceive: z\r\n\r\n", 0)]
    [InlineData("\r\nReceived: body\r\n", 0)]
    [InlineData("", 0)]
    public void Only_fields_of_the_header_count_however_the_octets_are_cut(string message, int hops)
    {
        var octets = Encoding.ASCII.GetBytes(message);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var counter = new HopCounter();
            counter.Read(octets.AsSpan(0, cut));
            counter.Read(octets.AsSpan(cut));
            Assert.Equal(hops, counter.Hops);
        }
    }
}
