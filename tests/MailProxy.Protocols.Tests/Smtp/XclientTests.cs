using System.Net;
using MailProxy.Protocols.Smtp;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Smtp;

public sealed class XclientTests
{
    [Theory]
    [InlineData("ADDR=192.0.2.1 PORT=40000 SESSION=abc TTL=4", "192.0.2.1", 40000, "abc", 4)]
    [InlineData("addr=IPV6:2001:db8::1", "2001:db8::1", null, "", null)]
    [InlineData("ADDR=2001:db8::1 NAME=[UNAVAILABLE] HELO=[tempunavail]", "2001:db8::1", null, "", null)]
    [InlineData("SESSION=a+3Db", null, null, "a=b", null)]
    public void Attributes_are_read(string argument, string? address, int? port, string session, int? timeToLive)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(argument)))
        {
            Assert.Equal(ReadStatus.Done, Xclient.TryParse(buffer, out var xclient));
            Assert.Equal(address, xclient!.Address?.ToString());
            Assert.Equal(port, xclient.Port);
            Assert.Equal(session, xclient.Session);
            Assert.Equal(timeToLive, xclient.TimeToLive);
            Assert.False(xclient.Attributes.ContainsKey("NAME"));
        }
    }

    [Fact]
    public void Where_the_client_connected_to_and_what_it_called_itself_are_read()
    {
        Assert.Equal(ReadStatus.Done, Xclient.TryParse(new(Cuts.Octets("DESTADDR=IPV6:2001:db8::5 DESTPORT=25 HELO=laptop+2Bx")), out var xclient));
        Assert.Equal((IPAddress.Parse("2001:db8::5"), 25, "laptop+x"), (xclient!.DestinationAddress, xclient.DestinationPort, xclient.Helo));
    }

    [Theory]
    [InlineData("DESTADDR=host")]
    [InlineData("DESTPORT=65536")]
    [InlineData("")]
    [InlineData("ADDR")]
    [InlineData("=x")]
    [InlineData("ADDR=192.0.2")]
    [InlineData("ADDR=host")]
    [InlineData("ADDR=IPV6:192.0.2.1")]
    [InlineData("ADDR=fe80::1%eth0")]
    [InlineData("ADDR=1.2.3.4 addr=1.2.3.5")]
    [InlineData("PORT=65536")]
    [InlineData("PORT=-1")]
    [InlineData("TTL=256")]
    [InlineData("NAME=a+0D+0AMAIL")]
    [InlineData("NAME=a+00")]
    [InlineData("NAME=a+C2+85")]
    [InlineData("NAME=a\tb")]
    [InlineData("NA.ME=a")]
    public void What_is_no_attribute_is_malformed(string argument) =>
        Assert.Equal(ReadStatus.Malformed, Xclient.TryParse(new(Cuts.Octets(argument)), out _));

    [Theory]
    [InlineData(16, 512, ReadStatus.Done)]
    [InlineData(17, 512, ReadStatus.TooLong)]
    [InlineData(16, 513, ReadStatus.TooLong)]
    public void Attributes_and_values_have_limits(int count, int length, ReadStatus expected)
    {
        var argument = string.Join(' ', Enumerable.Range(0, count).Select(index => $"{(char)('A' + index)}={new string('v', length)}"));
        Assert.Equal(expected, Xclient.TryParse(new(Cuts.Octets(argument)), out _));
    }

    [Fact]
    public void What_is_written_is_read_back_and_only_what_the_peer_offers_is_written()
    {
        var text = Xclient.Format(
            [new("ADDR", Xclient.FormatAddress(IPAddress.Parse("2001:db8::1"))), new("LOGIN", "a b+c"), new("HELO", ""), new("DESTPORT", "25")],
            ["addr", "LOGIN", "HELO"]);
        Assert.Equal("ADDR=IPV6:2001:db8::1 LOGIN=a+20b+2Bc HELO=[UNAVAILABLE]", text);
        Assert.Equal(ReadStatus.Done, Xclient.TryParse(new(Cuts.Octets(text)), out var xclient));
        Assert.Equal("2001:db8::1", xclient!.Address!.ToString());
        Assert.Equal("a b+c", xclient.Attributes["LOGIN"]);
    }

    [Fact]
    public void Mapped_addresses_are_written_as_what_they_are_and_scopes_stay_here()
    {
        Assert.Equal("192.0.2.1", Xclient.FormatAddress(IPAddress.Parse("::ffff:192.0.2.1")));
        Assert.Equal("IPV6:fe80::1", Xclient.FormatAddress(IPAddress.Parse("fe80::1%3")));
    }
}
