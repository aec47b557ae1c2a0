using System.Text;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Slots;
using Xunit;

namespace MailProxy.Routing.Tests.Parsing;

public sealed class ValueParserTests
{
    public static TheoryData<string, Pin> Pins => new()
    {
        { "store-2", new Pin("store-2") },
        { " store-2\r\n", new Pin("store-2") },
        { """{"store":"store-2"}""", new Pin("store-2") },
        { """{"store":"store-2","state":"active","later":[1]}""", new Pin("store-2") },
        { """{"store":"store-2","state":"held","moving":"store-3","move":"m-1"}""", new Pin("store-2", PinState.Held, "store-3", "m-1") },
    };

    [Theory, MemberData(nameof(Pins))]
    public void A_pin_is_a_store_id_or_json(string value, Pin expected)
    {
        Assert.True(PinParser.TryParse(Encoding.UTF8.GetBytes(value), out var pin, out var problem), problem);
        Assert.Equal(expected, pin);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("  ", "empty")]
    [InlineData("two words", "letters, digits")]
    [InlineData("../x", "letters, digits")]
    [InlineData("a\r\nb", "letters, digits")]
    [InlineData("{", "JSON")]
    [InlineData("{}", "no store id")]
    [InlineData("""{"store":3}""", "$.store")]
    [InlineData("""{"store":"s","state":"hold"}""", "state")]
    [InlineData("""{"store":"s","moving":""}""", "no store id")]
    public void What_is_no_pin_is_told_why(string value, string why)
    {
        Assert.False(PinParser.TryParse(Encoding.UTF8.GetBytes(value), out var pin, out var problem));
        Assert.Null(pin);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Octets_that_are_no_utf8_are_no_pin() => Assert.False(PinParser.TryParse([0xC3, 0x28], out _, out _));

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Store_ids_have_63_characters_at_most(int length, bool valid) => Assert.Equal(valid, StoreId.Problem(new string('s', length)) is null);

    [Theory]
    [InlineData("alice@example.org", 4096, 3570)]
    [InlineData("bob@example.org", 4096, 3660)]
    [InlineData("carol@example.org", 4096, 1922)]
    [InlineData("größe@example.org", 4096, 1764)]
    [InlineData("größe@example.org", 7, 6)]
    public void A_users_slot_is_that_of_sha256sum(string user, int count, int slot) => Assert.Equal(slot, SlotHash.SlotOf(user, count));

    [Fact]
    public void Ranges_hold_both_ends()
    {
        Assert.True(SlotTableParser.TryParse("""{"count":4,"ranges":[{"from":0,"to":1,"store":"a"},{"from":3,"to":3,"store":"b"}]}"""u8, out var table, out _));
        Assert.Equal(["a", "a", null, "b"], Enumerable.Range(0, table.Count).Select(table.StoreOf));
    }

    [Theory]
    [InlineData("[]", "JSON")]
    [InlineData("{}", "count")]
    [InlineData("""{"count":0}""", "count")]
    [InlineData("""{"count":65537}""", "count")]
    [InlineData("""{"count":99999999999}""", "$.count")]
    [InlineData("""{"count":4,"ranges":[null]}""", "lacks")]
    [InlineData("""{"count":4,"ranges":[{"from":0,"to":1}]}""", "lacks")]
    [InlineData("""{"count":4,"ranges":[{"from":0,"to":4,"store":"a"}]}""", "0-4 is not within 0-3")]
    [InlineData("""{"count":4,"ranges":[{"from":2,"to":1,"store":"a"}]}""", "2-1")]
    [InlineData("""{"count":4,"ranges":[{"from":-1,"to":1,"store":"a"}]}""", "-1-1")]
    [InlineData("""{"count":4,"ranges":[{"from":0,"to":2,"store":"a"},{"from":2,"to":3,"store":"b"}]}""", "slot 2 is given to a and to b")]
    [InlineData("""{"count":4,"ranges":[{"from":0,"to":2,"store":"a b"}]}""", "store id")]
    public void A_slot_table_with_a_mistake_is_refused_whole(string value, string why)
    {
        Assert.False(SlotTableParser.TryParse(Encoding.UTF8.GetBytes(value), out _, out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"state":"online"}""", StoreState.Online)]
    [InlineData("""{"state":"drain"}""", StoreState.Draining)]
    [InlineData("""{"state":"offline"}""", StoreState.Offline)]
    [InlineData("offline\n", StoreState.Offline)]
    public void The_operators_word_on_a_store(string value, StoreState state)
    {
        Assert.True(OperatorStateParser.TryParse(Encoding.UTF8.GetBytes(value), out var read, out _));
        Assert.Equal(state, read);
    }

    [Theory]
    [InlineData("""{"state":"off"}""")]
    [InlineData("{}")]
    [InlineData("")]
    public void Another_word_is_refused(string value) => Assert.False(OperatorStateParser.TryParse(Encoding.UTF8.GetBytes(value), out _, out _));
}
