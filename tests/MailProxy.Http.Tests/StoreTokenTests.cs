using System.Net;
using System.Text;
using MailProxy.Directory;
using MailProxy.Routing.Catalog;
using Xunit;

namespace MailProxy.Http.Tests;

/// <summary>Stores that let requests in by a token of ours: store-1 does, for store-2 this proxy has no key.</summary>
public sealed class StoreTokenTests : HttpTierFixture
{
    private readonly List<Secret> _made = [];

    protected override StoreTokenAnswer TokenFor(StoreNode store, string user)
    {
        if (store.Id != "store-1")
        {
            return StoreTokenAnswer.Missing;
        }

        _made.Add(new Secret(Encoding.ASCII.GetBytes($"{store.Id}/{user.Replace('@', '~')}")));
        return new StoreTokenAnswer(true, _made[^1]);
    }

    [Fact]
    public async Task The_store_gets_a_token_instead_of_the_clients_password()
    {
        var answer = await AnswerAsync(await SendAsync(Request(new Uri(User, "/v1/me"), "alice@example.org")));
        Assert.Equal("Bearer store-1/alice~example.org", answer.Headers["Authorization"]);
        Assert.Equal("alice@example.org", answer.Headers["X-MailProxy-User"]);
        Assert.Equal(0, Assert.Single(_made).Octets.Length);
    }

    [Fact]
    public async Task Without_a_key_for_a_store_that_needs_one_its_users_hear_a_temporary_failure() =>
        await RefusedForNowAsync(await SendAsync(Request(new Uri(User, "/v1/me"), "bob@example.org")));

    [Fact]
    public async Task A_store_that_refuses_our_login_is_not_told_as_a_wrong_password()
    {
        var response = await SendAsync(Request(new Uri(User, "/v1/refused"), "alice@example.org"));
        Assert.Empty(response.Headers.WwwAuthenticate);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await RefusedForNowAsync(response);
    }
}
