"""What the tables of this package and of those below hold on people; the packages above say theirs beside their models."""

from alongside.people import holdings

_MOVE = "alongside.people.actions.merging"
_ERASE = "alongside.people.actions.erasing"

holdings.holds("people.StaffEntry", "person", "Lines on staff lists", erased="delete", move=f"{_MOVE}.move_entries")
holdings.holds("people.Role", "person", "Roles", erased="delete", move=f"{_MOVE}.move_roles")
holdings.holds("people.Role", "granted_by", "Roles that you gave", erased="empty")
holdings.holds("people.Invitation", "person", "Invitations that you accepted", erased="delete")
holdings.holds("people.Invitation", "invited_by", "Invitations that you sent", erased="keep")
holdings.holds("people.GroupMember", "person", "Groups", erased="delete", move=f"{_MOVE}.move_group_places")
holdings.holds("people.ConfirmedDomain", "confirmed_by", "Mail domains that you confirmed", erased="empty")
holdings.holds("people.StaffImport", "uploaded_by", "Staff lists that you brought in", erased="empty")
holdings.holds(
    "people.PartnerPerson", "person", "Partners that you work for", erased="delete", move=f"{_MOVE}.move_partner_posts"
)
holdings.holds("people.RememberedDevice", "person", "Devices that are not asked", erased="delete", merged="keep")
holdings.holds("people.Digest", "person", "Weekly letters: that one was sent", erased="delete", merged="keep")
holdings.holds("people.ErasureRequest", "person", "Your request to be erased", erased="delete", merged="keep")
holdings.holds("people.Person", "merged_into", "Other addresses under which you were known", erased="keep")
holdings.holds(
    "account.EmailAddress", "user", "Addresses to sign in with", erased="delete", move=f"{_MOVE}.move_addresses"
)
holdings.holds("socialaccount.SocialAccount", "user", "Work accounts to sign in with", erased="delete")
holdings.holds(
    "mfa.Authenticator", "user", "Second steps of signing in", erased="delete", move=f"{_MOVE}.move_second_steps"
)
holdings.holds("network.Pause", "set_by", "Pauses that you set", erased="keep")
holdings.holds("network.Pause", "lifted_by", "Pauses that you lifted", erased="keep")
holdings.holds("network.StagedRegister", "brought_by", "Register files that you brought in", erased="keep")
holdings.holds("network.ProfileAnswer", "written_by", "What you wrote to a cluster's profile", erased="keep")
holdings.holds("network.Joining", "asked_by", "Questions to join that you asked", erased="keep")
holdings.holds("network.Joining", "answered_by", "Questions to join that you answered", erased="keep")
holdings.holds("network.LeavingNotice", "given_by", "Notices that you gave", erased="keep")
holdings.holds("kit.JournalEntry", "by", "What you did, in the journals of your places", erased="keep", merged="keep")
holdings.holds("kit.Progress", "person", "Long work that you started, with its files", erased="delete")
holdings.erases(f"{_ERASE}.drop_waiting_lists")
holdings.erases(f"{_ERASE}.drop_invitations")
holdings.erases(f"{_ERASE}.end_sessions")
holdings.erases(f"{_ERASE}.forget_letters")
holdings.erases(f"{_ERASE}.forget_bounces")
holdings.erases(f"{_ERASE}.empty_journals")
holdings.writes("network.Organisation", "safeguarding_contact", "outside_contact", "support_line")
holdings.writes("network.ProfileAnswer", "text")
holdings.writes("network.Joining", "words", "answer")
holdings.writes("people.Group", "name", "purpose")
holdings.writes("people.Partner", "contact")
