"""Let admins run the bot."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import storage.types


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alarm',
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('since', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('bad_at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('returns', sa.Integer(), nullable=False),
    sa.Column('told_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('cleared_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('clear_told_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_alarm'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('admin_id', sa.BigInteger(), nullable=False),
    sa.Column('action', sa.Enum('name admin', 'dismiss admin', 'ban', 'unban', 'set limits', 'write', 'look up', 'set mode', 'invite', 'revoke invite', 'draft broadcast', 'schedule', 'start broadcast', 'pause broadcast', 'resume', 'stop broadcast', 'remove', 'export', 'judge use', name='action', native_enum=False, length=16), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_at', ['at'], unique=False)

    op.create_table('house',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('mode', sa.Enum('open', 'invite', 'closed', name='mode', native_enum=False, length=16), nullable=False),
    sa.Column('notice', sa.Text(), nullable=True),
    sa.Column('changed_at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_house'))
    )
    op.create_table('invite',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=False),
    sa.Column('created_at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('max_uses', sa.Integer(), nullable=True),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.Column('revoked_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invite'))
    )
    op.create_table('process_beat',
    sa.Column('holder', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('version', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('started_at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('beat_at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('asked_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('answered_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('provider_calls', sa.Integer(), nullable=False),
    sa.Column('provider_failures', sa.Integer(), nullable=False),
    sa.Column('provider_slow', sa.Integer(), nullable=False),
    sa.Column('provider_seconds', sa.Double(), nullable=False),
    sa.Column('telegram_calls', sa.Integer(), nullable=False),
    sa.Column('telegram_failures', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('holder', name=op.f('pk_process_beat'))
    )
    op.create_table('unusual_use',
    sa.Column('chat_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('purchases', sa.Integer(), nullable=False),
    sa.Column('cancels', sa.Integer(), nullable=False),
    sa.Column('noted_at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('quiet_until', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('told_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['chat_id'], ['chat.id'], name=op.f('fk_unusual_use_chat_id_chat'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('chat_id', name=op.f('pk_unusual_use'))
    )
    with op.batch_alter_table('activation', schema=None) as batch_op:
        batch_op.create_index('ix_activation_requested_at', ['requested_at'], unique=False)

    with op.batch_alter_table('broadcast', schema=None) as batch_op:
        batch_op.add_column(sa.Column('content', sa.Enum('text', 'photo', 'document', name='content', native_enum=False, length=16), server_default='text', nullable=False))
        batch_op.add_column(sa.Column('file_id', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('buttons', sa.Text(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('audience', sa.Enum('all', 'active', 'language', 'connected', 'unconnected', 'one', name='audience', native_enum=False, length=16), server_default='all', nullable=False))
        batch_op.add_column(sa.Column('audience_value', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True))
        batch_op.add_column(sa.Column('scheduled_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('removing_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('removed_at', storage.types.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('broadcast_recipient', schema=None) as batch_op:
        batch_op.add_column(sa.Column('removal', sa.Enum('removed', 'refused', 'unclear', name='removal', native_enum=False, length=16), nullable=True))

    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.add_column(sa.Column('admitted_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('invite_id', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=True))
        batch_op.add_column(sa.Column('admin_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('admin_by', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
        batch_op.alter_column('awaiting', existing_type=sa.String(length=16), type_=sqlmodel.sql.sqltypes.AutoString(length=48), existing_nullable=True)

    # Whoever is here came when it took no invitation.
    op.execute("UPDATE chat SET admitted_at = created_at")



def downgrade() -> None:
    op.execute("UPDATE chat SET awaiting = NULL WHERE length(awaiting) > 16")
    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.alter_column('awaiting', existing_type=sa.String(length=48), type_=sqlmodel.sql.sqltypes.AutoString(length=16), existing_nullable=True)
        batch_op.drop_column('time_zone')
        batch_op.drop_column('admin_by')
        batch_op.drop_column('admin_at')
        batch_op.drop_column('invite_id')
        batch_op.drop_column('admitted_at')

    with op.batch_alter_table('broadcast_recipient', schema=None) as batch_op:
        batch_op.drop_column('removal')

    with op.batch_alter_table('broadcast', schema=None) as batch_op:
        batch_op.drop_column('removed_at')
        batch_op.drop_column('removing_at')
        batch_op.drop_column('scheduled_at')
        batch_op.drop_column('audience_value')
        batch_op.drop_column('audience')
        batch_op.drop_column('buttons')
        batch_op.drop_column('file_id')
        batch_op.drop_column('content')

    with op.batch_alter_table('activation', schema=None) as batch_op:
        batch_op.drop_index('ix_activation_requested_at')

    op.drop_table('process_beat')
    op.drop_table('unusual_use')
    op.drop_table('invite')
    op.drop_table('house')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_at')

    op.drop_table('audit_entry')
    op.drop_table('alarm')
