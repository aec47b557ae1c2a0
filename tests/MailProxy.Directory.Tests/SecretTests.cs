using System.Text;
using Xunit;

namespace MailProxy.Directory.Tests;

public sealed class SecretTests
{
    [Fact]
    public void A_secret_prints_stars()
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes("hunter2"));
        var request = new AuthenticationRequest("alice", "", secret, "PLAIN", "imap", null, true);

        Assert.Equal("***", secret.ToString());
        Assert.DoesNotContain("hunter2", request.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Disposing_clears_the_octets()
    {
        byte[] octets = [1, 2, 3];
        var secret = new Secret(octets);

        secret.Dispose();

        Assert.Equal(new byte[3], octets);
        Assert.True(secret.Octets.IsEmpty);
    }
}
