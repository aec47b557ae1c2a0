using System.Text;
using MailProxy.Transport.Linux.Tls;
using Xunit;

namespace MailProxy.Transport.Tests.Linux;

public sealed class ClientHelloNameTests
{
    [Theory]
    [InlineData("imap.example.org")]
    [InlineData("x")]
    public void A_host_name_is_read(string name) => Assert.Equal(name, ClientHelloName.Read(Extension(name)));

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(60_000, false)]
    public void A_name_longer_than_names_can_be_is_none(int octets, bool isRead) =>
        Assert.Equal(isRead, ClientHelloName.Read(Extension(new string('a', octets))) is not null);

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000")]
    [InlineData("0003000000")]
    [InlineData("000401000161")]
    [InlineData("0005000002")]
    [InlineData("0004000002" + "61")]
    [InlineData("000500000261")]
    [InlineData("0004000001" + "FF")]
    [InlineData("0000000001" + "61")]
    public void Whatever_is_not_well_formed_is_no_name(string octets) => Assert.Null(ClientHelloName.Read(Convert.FromHexString(octets)));

    [Fact]
    public void Every_cut_of_a_name_is_no_name()
    {
        var whole = Extension("imap.example.org");
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(ClientHelloName.Read(whole.AsSpan(0, length)));
        }
    }

    private static byte[] Extension(string name)
    {
        var octets = Encoding.ASCII.GetBytes(name);
        var (entry, list) = (octets.Length, octets.Length + 3);
        return [(byte)(list >> 8), (byte)list, 0, (byte)(entry >> 8), (byte)entry, .. octets];
    }
}
